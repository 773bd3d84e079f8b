package import TLS

/// A connection through TLS, whose peer has shown a certificate that is good for its name.
package final class TLSStream: ByteStream, @unchecked Sendable {
  // Unchecked: it belongs to the one thread that carries the exchange out.
  private let transport: any ByteStream
  private var session: TLSSession
  private var isEstablished = false
  private var hasEnded = false
  private var plain: [UInt8] = []

  private init(_ transport: any ByteStream, _ context: TLSClientContext, host: String) {
    self.transport = transport
    session = TLSSession(client: context, host: host)
  }

  /// Shakes hands over a connection that is open.
  ///
  /// - Parameter host: the name, or the numeric address, that the certificate must bear.
  package static func open(
    _ transport: any ByteStream, _ context: TLSClientContext, host: String,
    deadline: ContinuousClock.Instant
  ) throws(OutboundError) -> TLSStream {
    let stream = TLSStream(transport, context, host: host)
    try stream.perform(stream.session.start(), deadline)
    while !stream.isEstablished { try stream.receive(deadline) }
    return stream
  }

  private func receive(_ deadline: ContinuousClock.Instant) throws(OutboundError) {
    var bytes = [UInt8](repeating: 0, count: 16 << 10)
    let count = try bytes.read(from: transport, deadline: deadline)
    let actions =
      count == 0
      ? session.reachedEnd() : bytes[..<count].withUnsafeBytes { session.receive($0) }
    try perform(actions, deadline)
    if count == 0 { hasEnded = true }
  }

  private func perform(
    _ actions: [TLSSession.Action], _ deadline: ContinuousClock.Instant
  ) throws(OutboundError) {
    for action in actions {
      switch action {
      case .send(let bytes): try transport.write(bytes, deadline: deadline)
      case .established: isEstablished = true
      case .deliver(let bytes): plain += bytes
      case .end: hasEnded = true
      case .fail(let failure): throw .insecure(failure.description)
      }
    }
  }

  package func read(
    into buffer: UnsafeMutableRawBufferPointer, deadline: ContinuousClock.Instant
  ) throws(OutboundError) -> Int {
    while plain.isEmpty, !hasEnded { try receive(deadline) }
    let count = min(buffer.count, plain.count)
    buffer.copyBytes(from: plain[..<count])
    plain.removeFirst(count)
    return count
  }

  package func write(
    _ bytes: [UInt8], deadline: ContinuousClock.Instant
  ) throws(OutboundError) {
    try perform(session.write(bytes), deadline)
  }

  package func finish() {
    do throws(OutboundError) {
      try perform(session.close(), .now)
    } catch {
      // A peer that has gone needs no leave taken of it.
    }
    transport.finish()
  }
}
