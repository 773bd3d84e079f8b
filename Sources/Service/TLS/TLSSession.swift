import CTLS

/// One side of a TLS connection as a machine without I/O: bytes of the peer and bytes to send go in,
/// actions come out.
///
///     var session = TLSSession(client: context, host: "example.org")
///     perform(session.start())
///     perform(session.receive(bytes))        // until .established
///     perform(session.write(request))
///
/// Belongs to one thread at a time. After `fail` it does nothing more.
package struct TLSSession: ~Copyable {
  package enum Action: Sendable, Equatable {
    /// To the peer, as it is.
    case send([UInt8])
    /// The handshake is over: from now on `write` is allowed.
    case established(TLSPeer)
    /// What the peer wrote.
    case deliver([UInt8])
    /// The peer will write nothing more (close_notify); it may still read.
    case end
    /// Broken; an alert for the peer may have come before as `send`.
    case fail(TLSFailure)
  }

  enum Phase {
    case handshaking
    case established
    /// The peer said that it writes no more.
    case ended
    case failed
  }

  /// Bytes of plaintext in a record (RFC 8446 section 5.1).
  package static let recordLimit = 16 * 1024
  /// What may be sent because of what came after the handshake, beside a share of what was
  /// delivered: a peer that asks for new keys on and on is given no more.
  private static let answerLimit = 64 * 1024

  private let pointer: OpaquePointer?
  private let isServer: Bool
  private(set) var phase = Phase.handshaking
  private var hasReceived = false
  private var hasClosed = false
  private var answered = 0
  private var delivered = 0
  private var records = 0
  /// Records after which new keys are taken; AES-GCM bears 2^24.5 (RFC 8446 section 5.5).
  var recordsPerKey = 1 << 23

  package init(server context: TLSServerContext) {
    pointer = byteedit_tls_create(context.handle.pointer, 1)
    isServer = true
  }

  /// - Parameter host: the DNS name, or the numeric address, that the server's certificate must bear.
  package init(client context: TLSClientContext, host: String) {
    let session = byteedit_tls_create(context.handle.pointer, 0)
    isServer = false
    // A final dot is no part of a name in a certificate (RFC 6066 section 3).
    let name = host.hasSuffix(".") ? String(host.dropLast()) : host
    // A zero byte would end the name early for C.
    if let session, name.utf8.contains(0) || byteedit_tls_expect(session, name) != 1 {
      byteedit_tls_destroy(session)
      pointer = nil
    } else {
      pointer = session
    }
  }

  deinit { byteedit_tls_destroy(pointer) }

  package var isEstablished: Bool { phase == .established || phase == .ended }

  /// A client's first bytes; a server waits for them.
  package mutating func start() -> [Action] {
    guard !isServer else { return [] }
    return receive(UnsafeRawBufferPointer(start: nil, count: 0))
  }

  /// Takes all of the bytes, wherever they are cut.
  package mutating func receive(_ bytes: UnsafeRawBufferPointer) -> [Action] {
    guard phase != .failed, phase != .ended else { return [] }
    guard let pointer else { return fail(.unavailable) }
    if isServer, !hasReceived, let first = bytes.first {
      hasReceived = true
      // A handshake begins with 22; a request begins with the letters of its method.
      if (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(first & 0xdf) { return fail(.plainHTTP) }
    }
    byteedit_tls_feed(pointer, bytes.baseAddress, bytes.count)
    defer { byteedit_tls_feed(pointer, nil, 0) }
    var news: [Action] = []
    if phase == .handshaking { shakeHands(pointer, &news) }
    if phase == .established { read(pointer, upTo: bytes.count, &news) }
    return takeOutput() + news
  }

  /// The transport has ended.
  package mutating func reachedEnd() -> [Action] {
    guard phase != .failed, phase != .ended else { return [] }
    return fail(.truncated)
  }

  /// Encrypts; nothing before `established` and after `close`.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) -> [Action] {
    guard isEstablished, !hasClosed, !bytes.isEmpty, let pointer else { return [] }
    records += 1 + bytes.count / Self.recordLimit
    if records > recordsPerKey {
      records = 0
      byteedit_tls_renew_keys(pointer)
    }
    guard byteedit_tls_write(pointer, bytes.baseAddress, bytes.count) == 1 else {
      return takeOutput() + fail(failure(pointer))
    }
    return takeOutput()
  }

  package mutating func write(_ bytes: [UInt8]) -> [Action] {
    bytes.withUnsafeBytes { write($0) }
  }

  /// Tells the peer that nothing more will be written; what it writes still comes.
  package mutating func close() -> [Action] {
    guard isEstablished, !hasClosed, let pointer else { return [] }
    hasClosed = true
    byteedit_tls_close(pointer)
    return takeOutput()
  }

  // MARK: Steps

  private mutating func shakeHands(_ pointer: OpaquePointer, _ news: inout [Action]) {
    switch byteedit_tls_handshake(pointer) {
    case 1:
      phase = .established
      news.append(.established(TLSPeer(pointer)))
    case 0: break
    default: news += fail(failure(pointer))
    }
  }

  /// - Parameter count: of what came; besides it a record that came in part before may be complete.
  private mutating func read(
    _ pointer: OpaquePointer, upTo count: Int, _ news: inout [Action]
  ) {
    var result = BYTEEDIT_TLS_WANTS_MORE
    let plain = [UInt8](unsafeUninitializedCapacity: count + Self.recordLimit) { buffer, filled in
      while filled < buffer.count {
        let count = byteedit_tls_read(
          pointer, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
        guard count > 0 else {
          result = Int32(truncatingIfNeeded: count)
          break
        }
        filled += count
      }
    }
    delivered += plain.count
    if !plain.isEmpty { news.append(.deliver(plain)) }
    switch result {
    case BYTEEDIT_TLS_WANTS_MORE: checkAnswers(pointer, &news)
    case BYTEEDIT_TLS_ENDED:
      phase = .ended
      news.append(.end)
    default: news += fail(failure(pointer))
    }
  }

  private mutating func checkAnswers(_ pointer: OpaquePointer, _ news: inout [Action]) {
    var bytes: UnsafePointer<UInt8>?
    answered += byteedit_tls_output(pointer, &bytes)
    if answered > Self.answerLimit + delivered / 8 { news += fail(.flooded) }
  }

  private mutating func fail(_ failure: TLSFailure) -> [Action] {
    phase = .failed
    return [.fail(failure)]
  }

  private func failure(_ pointer: OpaquePointer) -> TLSFailure {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
      guard let base = text.baseAddress else { return .unavailable }
      let kind = byteedit_tls_failure(pointer, base, text.count)
      let reason = String(cString: base)
      return switch kind {
      case BYTEEDIT_TLS_FAILURE_VERSION: .version(reason)
      case BYTEEDIT_TLS_FAILURE_NO_CERTIFICATE: .noCertificate
      case BYTEEDIT_TLS_FAILURE_CERTIFICATE: .certificate(reason)
      case BYTEEDIT_TLS_FAILURE_ALERT: .alert(reason)
      case BYTEEDIT_TLS_FAILURE_NOTHING_SHARED: .nothingShared(reason)
      default: .malformed(reason)
      }
    }
  }

  private func takeOutput() -> [Action] {
    guard let pointer else { return [] }
    var bytes: UnsafePointer<UInt8>?
    let count = byteedit_tls_output(pointer, &bytes)
    guard count > 0 else { return [] }
    let output = Array(UnsafeBufferPointer(start: bytes, count: count))
    byteedit_tls_drop_output(pointer)
    return [.send(output)]
  }
}
