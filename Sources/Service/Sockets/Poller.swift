import CPlatform
import Dispatch
import Glibc

/// Watches the descriptors of one loop, all in one set of the kernel's (epoll(7)), which is what
/// Dispatch watches.
///
/// A dispatch source for each connection costs four more system calls a request (re-arming, asking
/// how many bytes there are, waking another thread); this costs one for all that are ready together.
/// Touched on the loop's queue only, which is what makes it Sendable.
final class Poller: @unchecked Sendable {
  private struct Watched {
    let token: UInt64
    var reader: LoopSource?
    var writer: LoopSource?

    var interest: Int32 {
      Int32(
        (reader == nil ? 0 : PLATFORM_READ.rawValue) | (writer == nil ? 0 : PLATFORM_WRITE.rawValue)
      )
    }
  }

  private static let capacity = 256
  /// Rounds before others of the queue have their turn.
  private static let rounds = 4

  private let set: Int32
  private let source: (any DispatchSourceRead)?
  private let ready: UnsafeMutablePointer<platform_readiness>
  private var watched: [Int32: Watched] = [:]
  private var generation: UInt32 = 0

  init(queue: DispatchQueue) {
    set = platform_poll_create()
    ready = .allocate(capacity: Self.capacity)
    // Without a set (no descriptors left at the start) nothing is ever ready, and deadlines end it.
    source = set < 0 ? nil : DispatchSource.makeReadSource(fileDescriptor: set, queue: queue)
    source?.setEventHandler { @Sendable [weak self] in self?.tellAll() }
    source?.setCancelHandler { @Sendable [set] in _ = close(set) }
    source?.activate()
  }

  deinit {
    source?.cancel()
    ready.deallocate()
  }

  /// Begins or ends to watch on behalf of a source.
  func update(_ source: LoopSource, isWatched: Bool) {
    let descriptor = source.descriptor
    var entry = watched[descriptor] ?? Watched(token: nextToken(descriptor))
    let before = entry.interest
    switch source.direction {
    case .read: entry.reader = isWatched ? source : nil
    case .write: entry.writer = isWatched ? source : nil
    }
    let interest = entry.interest
    // What fails here (no memory) leaves a connection that its deadline ends.
    _ = platform_poll_set(set, descriptor, entry.token, before, interest)
    watched[descriptor] = interest == 0 ? nil : entry
  }

  /// The descriptor, and a number that tells it from an earlier one of the same value.
  private func nextToken(_ descriptor: Int32) -> UInt64 {
    generation &+= 1
    return UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
  }

  private func tellAll() {
    for _ in 0..<Self.rounds {
      let count = platform_poll_ready(set, ready, Int32(Self.capacity))
      guard count > 0 else { return }
      for index in 0..<Int(count) { tell(ready[index]) }
    }
  }

  /// What happens to one may end the watch of another that is ready, or its own.
  private func tell(_ readiness: platform_readiness) {
    let descriptor = Int32(truncatingIfNeeded: readiness.token)
    if readiness.interest & Int32(PLATFORM_READ.rawValue) != 0,
      let entry = watched[descriptor], entry.token == readiness.token
    {
      entry.reader?.fire()
    }
    if readiness.interest & Int32(PLATFORM_WRITE.rawValue) != 0,
      let entry = watched[descriptor], entry.token == readiness.token
    {
      entry.writer?.fire()
    }
  }
}
