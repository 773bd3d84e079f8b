import CPlatform
import Glibc
package import SystemPackage
package import TLS

/// One accepted socket: two sources of its loop, a queue of bytes to send, flow control, and TLS between
/// the socket and the delegate where it is asked for.
///
/// Every method must be called on `loop.queue`; that confinement is what makes it Sendable.
package final class Connection: @unchecked Sendable {
  package let loop: EventLoop
  package let peer: SocketAddress
  /// What TLS agreed on; nil without TLS and before its handshake is over.
  package private(set) var security: TLSPeer?

  private let descriptor: Int32
  private let calls: SystemCalls
  private let lowWater: Int
  /// What the socket has not taken yet, and what is not encrypted yet: that waits until there is
  /// room, so that one large answer neither holds the loop nor lies here twice.
  private var outgoing = WriteQueue()
  private var unsealed = WriteQueue()
  private var session: TLSSession?
  private var isSecured: Bool
  private let reader: LoopSource
  private var writer: LoopSource?
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
  /// Nothing happens before `start`, which must follow. With `tls` it is the server of a session.
  package init(
    descriptor: Int32, peer: SocketAddress, loop: EventLoop, calls: SystemCalls = .live,
    lowWater: Int = 64 * 1024, tls: TLSServerContext? = nil,
    onClose: @escaping @Sendable () -> Void = {}
  ) {
    self.descriptor = descriptor
    self.peer = peer
    self.loop = loop
    self.calls = calls
    self.lowWater = lowWater
    self.onClose = onClose
    isSecured = tls != nil
    session = tls.map { TLSSession(server: $0) }
    reader = LoopSource(.read, of: descriptor, on: loop)
  }

  package var isOpen: Bool { closing != .closed }

  /// Bytes that wait to be sent.
  package var pendingCount: Int { outgoing.count + unsealed.count }

  /// Begins to read; the delegate is held weakly.
  package func start(delegate: any ConnectionDelegate) {
    self.delegate = delegate
    reader.setEventHandler { @Sendable [self] in receive() }
    reader.setCancelHandler { @Sendable [self] in sourceCancelled() }
    isReading = true
    reader.resume()
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
    case .bytes(0) where isSecured && security == nil && closing == .open: fail(.truncated)
    case .bytes(0): endReached()
    case .bytes(let count):
      guard closing != .lingering, closing != .lingeringWhenDrained else { return }
      let bytes = UnsafeRawBufferPointer(rebasing: loop.scratch[..<count])
      if isSecured {
        perform(session?.receive(bytes) ?? [])
      } else {
        delegate?.connectionDidReceive(bytes)
      }
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

  // MARK: TLS

  private func perform(_ actions: [TLSSession.Action]) {
    for action in actions where isOpen {
      switch action {
      case .send(let bytes):
        outgoing.append(bytes)
        if !isWriting { flush() }
      case .established(let peer):
        security = peer
        delegate?.connectionDidSecure(peer)
      case .deliver(let bytes):
        bytes.withUnsafeBytes { delegate?.connectionDidReceive($0) }
      case .end: endReached()
      case .fail(let failure): fail(failure)
      }
    }
  }

  private func fail(_ failure: TLSFailure) {
    unsealed.removeAll()
    if failure == .plainHTTP {
      // The answer to clear text is clear text; nothing secret was said.
      isSecured = false
      session = nil
    }
    delegate?.connectionDidFail(failure)
  }

  /// Encrypts about as much as a socket takes at once and, when everything was, says that it was all.
  private func seal() {
    guard isSecured, security != nil else { return }
    if unsealed.isEmpty, closing == .whenDrained || closing == .lingeringWhenDrained {
      append(session?.close() ?? [])
    }
    while !unsealed.isEmpty, outgoing.count < 4 * TLSSession.recordLimit {
      let actions = withUnsafeTemporaryAllocation(
        byteCount: TLSSession.recordLimit, alignment: 16
      ) { record in
        let count = unsealed.move(into: record)
        return session?.write(UnsafeRawBufferPointer(rebasing: record[..<count])) ?? []
      }
      append(actions)
    }
  }

  private func append(_ actions: [TLSSession.Action]) {
    for action in actions {
      switch action {
      case .send(let bytes): outgoing.append(bytes)
      // What cannot be encrypted must not be left out.
      case .fail: return close(error: .ioError)
      default: break
      }
    }
  }

  // MARK: Writing

  /// Queues pieces and sends what the socket takes at once, several pieces in one call.
  package func write(_ pieces: [UInt8]...) {
    guard isOpen, closing == .open else { return }
    for piece in pieces { isSecured ? unsealed.append(piece) : outgoing.append(piece) }
    if !isWriting { flush() }
    // Set after the flush, so that the delegate is never called from inside its own write.
    if pendingCount > lowWater { isAboveLowWater = true }
  }

  private func flush() {
    while true {
      if outgoing.isEmpty { seal() }
      guard isOpen else { return }
      guard !outgoing.isEmpty else { break }
      switch outgoing.withNextPieces({ calls.send(descriptor, $0) }) {
      case .bytes(let count): outgoing.advance(by: count)
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
    if isAboveLowWater, pendingCount <= lowWater { drained() }
    guard isOpen, !isWriting else { return }
    isWriting = true
    if let writer { return writer.resume() }
    let source = LoopSource(.write, of: descriptor, on: loop)
    source.setEventHandler { @Sendable [self] in if isOpen { flush() } }
    source.setCancelHandler { @Sendable [self] in sourceCancelled() }
    liveSources += 1
    writer = source
    source.resume()
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
    if !isWriting { flush() }
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
    if !isWriting { flush() }
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
    outgoing.removeAll()
    unsealed.removeAll()
    // A suspended source never reports that it was cancelled.
    reader.cancel()
    if !isReading { reader.resume() }
    writer?.cancel()
    if !isWriting { writer?.resume() }
  }

  /// Closes now with a reset: what the kernel took of the answers and could not send is gone with it.
  ///
  /// After a plain close it would wait for a peer that does not read, megabytes for many minutes.
  package func reset() {
    guard isOpen else { return }
    platform_reset_on_close(descriptor)
    close()
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
