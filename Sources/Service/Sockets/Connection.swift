import Dispatch
import Glibc
package import SystemPackage

/// What a connection tells the one who speaks a protocol over it; always on the loop's queue.
///
/// A byte transform (TLS over memory buffers) would stand here, between the two.
package protocol ConnectionDelegate: AnyObject, Sendable {
  /// Bytes came; the buffer is valid during the call only.
  func connectionDidReceive(_ bytes: UnsafeRawBufferPointer)
  /// The peer will send nothing more; it may still read.
  func connectionDidReachEnd()
  /// What was queued has gone below the low-water mark.
  func connectionDidDrain()
  /// The descriptor is closed; nothing follows. The error is nil for an orderly end.
  func connectionDidClose(error: Errno?)
}

/// One accepted socket: two dispatch sources, a queue of bytes to send, and flow control.
///
/// Every method must be called on `loop.queue`; that confinement is what makes it Sendable.
package final class Connection: @unchecked Sendable {
  package let loop: EventLoop
  package let peer: SocketAddress
  package private(set) var pendingBytes: WriteQueue = WriteQueue()

  private let descriptor: Int32
  private let calls: SystemCalls
  private let lowWater: Int
  private let reader: any DispatchSourceRead
  private var writer: (any DispatchSourceWrite)?
  private var isReading = false
  private var isWriting = false
  private var isAboveLowWater = false
  private var reachedEnd = false
  private var closing = Closing.open
  private var liveSources = 1
  private var failure: Errno?
  private weak var delegate: (any ConnectionDelegate)?
  private let onClose: @Sendable () -> Void

  /// How far the end of a connection has come.
  private enum Closing {
    case open
    /// Close when the queue is empty.
    case whenDrained
    /// Linger when the queue is empty.
    case lingeringWhenDrained
    /// The write side is shut; what comes in is thrown away until the peer closes.
    case lingering
    case closed
  }

  /// Takes the descriptor over.
  ///
  /// Nothing happens before `start`, which must follow.
  package init(
    descriptor: Int32, peer: SocketAddress, loop: EventLoop, calls: SystemCalls = .live,
    lowWater: Int = 64 * 1024, onClose: @escaping @Sendable () -> Void = {}
  ) {
    self.descriptor = descriptor
    self.peer = peer
    self.loop = loop
    self.calls = calls
    self.lowWater = lowWater
    self.onClose = onClose
    reader = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: loop.queue)
  }

  package var isOpen: Bool { closing != .closed }

  /// Begins to read; the delegate is held weakly.
  package func start(delegate: any ConnectionDelegate) {
    self.delegate = delegate
    reader.setEventHandler { @Sendable [self] in receive() }
    reader.setCancelHandler { @Sendable [self] in sourceCancelled() }
    isReading = true
    reader.activate()
  }

  // MARK: Reading

  package func pauseReading() {
    guard isOpen, isReading, !reachedEnd else { return }
    isReading = false
    reader.suspend()
  }

  package func resumeReading() {
    guard isOpen, !isReading, !reachedEnd else { return }
    isReading = true
    reader.resume()
  }

  private func receive() {
    guard isOpen, !reachedEnd else { return }
    switch calls.receive(descriptor, loop.scratch) {
    case .bytes(0): endReached()
    case .bytes(let count):
      guard closing != .lingering, closing != .lingeringWhenDrained else { return }
      delegate?.connectionDidReceive(UnsafeRawBufferPointer(rebasing: loop.scratch[..<count]))
    case .wouldBlock: break
    case .failed(let errno): close(error: errno)
    }
  }

  private func endReached() {
    if closing == .lingering { return close(error: nil) }
    // The source would fire forever at the end of the stream: silence it, keep writing.
    pauseReading()
    reachedEnd = true
    delegate?.connectionDidReachEnd()
  }

  // MARK: Writing

  /// Queues pieces and sends what the socket takes at once, several pieces in one call.
  package func write(_ pieces: [UInt8]...) {
    guard isOpen, closing == .open else { return }
    for piece in pieces { pendingBytes.append(piece) }
    if !isWriting { flush() }
    // Set after the flush, so that the delegate is never called from inside its own write.
    if pendingBytes.count > lowWater { isAboveLowWater = true }
  }

  private func flush() {
    while !pendingBytes.isEmpty {
      switch pendingBytes.withNextPieces({ calls.send(descriptor, $0) }) {
      case .bytes(let count): pendingBytes.advance(by: count)
      case .wouldBlock: return waitForRoom()
      case .failed(let errno): return close(error: errno)
      }
    }
    stopWaiting()
    if closing == .whenDrained { return close(error: nil) }
    if closing == .lingeringWhenDrained { beginLingering() }
    if isAboveLowWater { drained() }
  }

  private func drained() {
    isAboveLowWater = false
    delegate?.connectionDidDrain()
  }

  private func waitForRoom() {
    if isAboveLowWater, pendingBytes.count <= lowWater { drained() }
    guard isOpen, !isWriting else { return }
    isWriting = true
    if let writer { return writer.resume() }
    let source = DispatchSource.makeWriteSource(fileDescriptor: descriptor, queue: loop.queue)
    source.setEventHandler { @Sendable [self] in if isOpen { flush() } }
    source.setCancelHandler { @Sendable [self] in sourceCancelled() }
    liveSources += 1
    writer = source
    source.activate()
  }

  private func stopWaiting() {
    guard isWriting else { return }
    isWriting = false
    writer?.suspend()
  }

  // MARK: Ending

  /// Sends what is queued, then closes.
  package func closeWhenDrained() {
    guard closing == .open else { return }
    closing = .whenDrained
    if pendingBytes.isEmpty { close(error: nil) }
  }

  /// Sends what is queued, shuts the write side and reads on into the void
  /// until the peer closes.
  ///
  /// Closing with unread input would send a reset, which can destroy the answer on its way. The
  /// caller must close in the end: a peer may never do it.
  package func linger() {
    guard closing == .open else { return }
    guard !reachedEnd else { return closeWhenDrained() }
    closing = .lingeringWhenDrained
    if pendingBytes.isEmpty { beginLingering() }
  }

  private func beginLingering() {
    // What the peer sends no more need not be waited for.
    guard !reachedEnd else { return close(error: nil) }
    closing = .lingering
    shutdown(descriptor, Int32(SHUT_WR))
    if !isReading {
      isReading = true
      reader.resume()
    }
  }

  /// Closes now; what is queued is lost.
  package func close(error: Errno? = nil) {
    guard isOpen else { return }
    closing = .closed
    failure = error
    pendingBytes.removeAll()
    // A suspended source never reports that it was cancelled.
    reader.cancel()
    if !isReading { reader.resume() }
    writer?.cancel()
    if !isWriting { writer?.resume() }
  }

  private func sourceCancelled() {
    liveSources -= 1
    // The descriptor's number may be given out anew at once, so no source may watch it any more.
    guard liveSources == 0 else { return }
    calls.close(descriptor)
    onClose()
    delegate?.connectionDidClose(error: failure)
  }
}
