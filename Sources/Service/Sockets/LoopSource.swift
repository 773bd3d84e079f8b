/// Tells, on its loop's queue, that a descriptor can be read or written, as long as that is so.
///
/// Used like a dispatch source, but on the queue alone, which is what makes it Sendable.
final class LoopSource: @unchecked Sendable {
  enum Direction {
    case read
    case write
  }

  let descriptor: Int32
  let direction: Direction
  private let loop: EventLoop
  private var onEvent: (@Sendable () -> Void)?
  private var onCancel: (@Sendable () -> Void)?
  private var isCancelled = false

  /// Watches nothing before `resume`.
  init(_ direction: Direction, of descriptor: Int32, on loop: EventLoop) {
    self.direction = direction
    self.descriptor = descriptor
    self.loop = loop
  }

  func setEventHandler(_ handler: @escaping @Sendable () -> Void) { onEvent = handler }

  /// `handler` is called later on the queue, when the descriptor is watched no more.
  func setCancelHandler(_ handler: @escaping @Sendable () -> Void) { onCancel = handler }

  func resume() {
    if !isCancelled { loop.poller.update(self, isWatched: true) }
  }

  func suspend() {
    if !isCancelled { loop.poller.update(self, isWatched: false) }
  }

  func cancel() {
    guard !isCancelled else { return }
    loop.poller.update(self, isWatched: false)
    isCancelled = true
    onEvent = nil
    loop.queue.async { [self] in
      onCancel?()
      onCancel = nil
    }
  }

  func fire() { onEvent?() }
}
