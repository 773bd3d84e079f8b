import Glibc
package import SystemPackage
package import TLS

/// What can break a secure stream.
package enum SecureStreamError: Error, Sendable, Equatable {
  case timedOut
  case failed(Errno)
  case tls(TLSFailure)
  /// The other side closed before it was asked to.
  case closed
}

extension SecureStreamError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .timedOut: "no answer in time"
    case .failed(let errno): "\(errno)"
    case .tls(let failure): "\(failure)"
    case .closed: "the other side closed the connection"
    }
  }
}

/// A TLS client over one connected socket, for threads that may wait: every call has its deadline.
///
///     var stream = SecureStream(descriptor: socket, context: context, host: "example.org")
///     try stream.handshake(until: deadline)
///     try stream.write(request, until: deadline)
///     while let bytes = try stream.read(until: deadline) { … }
package struct SecureStream: ~Copyable {
  private let descriptor: Int32
  private var session: TLSSession
  private var received: [UInt8] = []
  private var hasEnded = false
  private let calls: SystemCalls
  /// What the handshake agreed on.
  package private(set) var peer: TLSPeer?

  /// Takes the connected descriptor over and closes it in the end.
  ///
  /// - Parameter host: the DNS name, or the numeric address, that the certificate must bear,
  ///   whatever address the socket is connected to.
  package init(
    descriptor: Int32, context: TLSClientContext, host: String, calls: SystemCalls = .live
  ) {
    self.descriptor = descriptor
    self.calls = calls
    session = TLSSession(client: context, host: host)
  }

  deinit { calls.close(descriptor) }

  /// After it the server is who it should be.
  package mutating func handshake(
    until deadline: ContinuousClock.Instant
  ) throws(SecureStreamError) {
    try perform(session.start(), until: deadline)
    while peer == nil { try receive(until: deadline) }
  }

  package mutating func write(
    _ bytes: [UInt8], until deadline: ContinuousClock.Instant
  ) throws(SecureStreamError) {
    guard !bytes.isEmpty else { return }
    let actions = session.write(bytes)
    guard !actions.isEmpty else { throw .closed }
    try perform(actions, until: deadline)
  }

  /// The next bytes as they come; `nil` when the server has said that there are no more.
  ///
  /// - Throws: `.tls(.truncated)` where the connection ended without that: what came may be cut, and
  ///   counts as whole only where its length was told before.
  package mutating func read(
    until deadline: ContinuousClock.Instant
  ) throws(SecureStreamError) -> [UInt8]? {
    while received.isEmpty {
      if hasEnded { return nil }
      try receive(until: deadline)
    }
    defer { received = [] }
    return received
  }

  /// Tells the server that nothing more is written.
  package mutating func finish(
    until deadline: ContinuousClock.Instant
  ) throws(SecureStreamError) {
    try perform(session.close(), until: deadline)
  }

  // MARK: Steps

  private mutating func receive(
    until deadline: ContinuousClock.Instant
  ) throws(SecureStreamError) {
    var actions: [TLSSession.Action] = []
    let transfer = withUnsafeTemporaryAllocation(byteCount: 32 * 1024, alignment: 16) { buffer in
      let transfer = calls.receive(descriptor, buffer)
      switch transfer {
      case .bytes(0): actions = session.reachedEnd()
      case .bytes(let count):
        actions = session.receive(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      case .wouldBlock, .failed: break
      }
      return transfer
    }
    switch transfer {
    case .bytes: try perform(actions, until: deadline)
    case .wouldBlock: try wait(POLLIN, until: deadline)
    case .failed(let errno): throw .failed(errno)
    }
  }

  private mutating func perform(
    _ actions: [TLSSession.Action], until deadline: ContinuousClock.Instant
  ) throws(SecureStreamError) {
    for action in actions {
      switch action {
      case .send(let bytes): try send(bytes, until: deadline)
      case .established(let peer): self.peer = peer
      case .deliver(let bytes): received += bytes
      case .end: hasEnded = true
      case .fail(let failure): throw .tls(failure)
      }
    }
  }

  private func send(
    _ bytes: [UInt8], until deadline: ContinuousClock.Instant
  ) throws(SecureStreamError) {
    var queue = WriteQueue()
    queue.append(bytes)
    while !queue.isEmpty {
      switch queue.withNextPieces({ calls.send(descriptor, $0) }) {
      case .bytes(let count): queue.advance(by: count)
      case .wouldBlock: try wait(POLLOUT, until: deadline)
      case .failed(let errno): throw .failed(errno)
      }
    }
  }

  private func wait(
    _ event: Int32, until deadline: ContinuousClock.Instant
  ) throws(SecureStreamError) {
    var watched = pollfd(fd: descriptor, events: Int16(event), revents: 0)
    while true {
      let left = (deadline - .now) / .milliseconds(1)
      guard left > 0 else { throw .timedOut }
      let result = poll(&watched, 1, Int32(min(left.rounded(.up), 60_000)))
      if result > 0 { return }
      if result < 0, errno != EINTR { throw .failed(Errno(rawValue: errno)) }
    }
  }
}
