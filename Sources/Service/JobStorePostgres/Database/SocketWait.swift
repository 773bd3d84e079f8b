import Dispatch
import Jobs
import Locks

/// One wait for a socket to become readable or writable, on Dispatch.
///
/// The source is gone before the wait ends: libpq may close the descriptor right after.
final class SocketWait: @unchecked Sendable {
  // Unchecked: the sources are set up once and then only cancelled, which any thread may do.
  enum Event {
    case readable
    case writable
  }

  private static let queue = DispatchQueue(label: "byteedit.postgres.sockets")

  private let source: any DispatchSourceProtocol
  private let timer: any DispatchSourceTimer
  private let isReady = Lock(false)

  private init(_ descriptor: Int32, _ event: Event, timeout: Duration) {
    source =
      switch event {
      case .readable: DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: Self.queue)
      case .writable: DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: Self.queue)
      }
    timer = DispatchSource.makeTimerSource(queue: Self.queue)
    timer.schedule(deadline: .now() + .milliseconds(Int(clamping: timeout.wholeMilliseconds)))
  }

  /// Whether the event came within `timeout`; with `endsWithTask` a cancelled task ends the wait.
  static func wait(
    for descriptor: Int32, _ event: Event, timeout: Duration, endsWithTask: Bool = false
  ) async -> Bool {
    guard descriptor >= 0, timeout > .zero else { return false }
    let wait = SocketWait(descriptor, event, timeout: timeout)
    return await withTaskCancellationHandler {
      await withCheckedContinuation { wait.start($0) }
    } onCancel: {
      if endsWithTask { wait.source.cancel() }
    }
  }

  private func start(_ continuation: CheckedContinuation<Bool, Never>) {
    source.setEventHandler { [self] in
      isReady.withLock { $0 = true }
      source.cancel()
    }
    source.setCancelHandler { [self] in
      timer.cancel()
      continuation.resume(returning: isReady.withLock { $0 })
    }
    timer.setEventHandler { [self] in source.cancel() }
    timer.activate()
    source.activate()
  }
}
