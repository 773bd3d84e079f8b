import Dispatch
package import Sockets
package import TLS

/// Sends requests whose aim callers chose, to where they may go and nowhere else.
///
/// The name is resolved once, every address of it is vetted, and the connection goes to one of these
/// very addresses: a name that answers otherwise a moment later (DNS rebinding) gains nothing.
/// Proxies and redirects are not followed, and nothing is kept from one request to the next.
package struct OutboundClient: Sendable {
  package typealias Connect =
    @Sendable (_ address: SocketAddress, _ deadline: ContinuousClock.Instant)
    throws(OutboundError) -> any ByteStream
  package typealias Secure =
    @Sendable (_ stream: any ByteStream, _ host: String, _ deadline: ContinuousClock.Instant)
    throws(OutboundError) -> any ByteStream

  private let policy: AddressPolicy
  /// For the whole exchange, from the look-up to the answer's head.
  private let timeout: Duration
  private let resolver: NameResolver
  private let connect: Connect
  private let secure: Secure
  private let queue = DispatchQueue(label: "byteedit.outbound", attributes: .concurrent)

  /// Addresses of one name that are tried.
  private static let mostAddresses = 4
  /// Content that is read before the connection is closed, so that the peer's writes do not fail.
  private static let mostContent = 64 << 10
  private static let contentTime = Duration.seconds(1)

  package init(
    policy: AddressPolicy, timeout: Duration, resolver: NameResolver = NameResolver(),
    connect: @escaping Connect = OutboundClient.plain, secure: @escaping Secure
  ) {
    self.policy = policy
    self.timeout = timeout
    self.resolver = resolver
    self.connect = connect
    self.secure = secure
  }

  /// With TLS by `trust` and sockets of the system.
  package init(policy: AddressPolicy, timeout: Duration, trust: TLSClientContext) {
    self.init(policy: policy, timeout: timeout) { stream, host, deadline throws(OutboundError) in
      try TLSStream.open(stream, trust, host: host, deadline: deadline)
    }
  }

  package static let plain: Connect = { address, deadline throws(OutboundError) in
    do throws(OutgoingError) {
      return PlainStream(try OutgoingSocket.connect(to: address, deadline: deadline))
    } catch {
      throw OutboundError(error, waitingFor: "connection")
    }
  }

  /// Sends the request and answers the head of what came back; the content is not kept.
  ///
  /// Its time is held on a thread of its own, so it may be called from anywhere.
  package func send(_ request: OutboundRequest) async throws(OutboundError) -> ResponseHead {
    let result: Result<ResponseHead, OutboundError> = await withCheckedContinuation { answer in
      queue.async {
        answer.resume(returning: Result { () throws(OutboundError) in try exchange(request) })
      }
    }
    return try result.get()
  }

  private func exchange(_ request: OutboundRequest) throws(OutboundError) -> ResponseHead {
    let deadline = ContinuousClock.now + timeout
    let addresses = try resolver.addresses(
      of: request.host, port: request.port, deadline: deadline)
    for address in addresses {
      if let reason = policy.refusal(of: address) {
        throw .refused(address: address.host, reason: reason)
      }
    }
    var stream = try open(addresses, deadline)
    if request.isSecure { stream = try secure(stream, request.host, deadline) }
    defer { stream.finish() }
    try stream.write(request.encoded, deadline: deadline)
    return try answer(from: stream, deadline)
  }

  /// One connection after the other, each with its share of the time that is left.
  private func open(
    _ addresses: [SocketAddress], _ deadline: ContinuousClock.Instant
  ) throws(OutboundError) -> any ByteStream {
    let tried = addresses.prefix(Self.mostAddresses)
    var failure = OutboundError.unreachable("there is no address")
    for (place, address) in tried.enumerated() {
      let share = (deadline - .now) / (tried.count - place)
      do throws(OutboundError) {
        return try connect(address, .now + share)
      } catch {
        failure = error
      }
    }
    throw failure
  }

  private func answer(
    from stream: any ByteStream, _ deadline: ContinuousClock.Instant
  ) throws(OutboundError) -> ResponseHead {
    var reader = ResponseReader()
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = try buffer.read(from: stream, deadline: deadline)
      guard count > 0 else { throw .cutOff }
      guard let head = try reader.feed(buffer[..<count]) else { continue }
      // The status counts, whatever becomes of the rest.
      Self.skip(
        min(head.contentLength ?? .max, Self.mostContent) - reader.surplus, of: stream,
        min(deadline, .now + Self.contentTime))
      return head
    }
  }

  private static func skip(
    _ count: Int, of stream: any ByteStream, _ deadline: ContinuousClock.Instant
  ) {
    var rest = count
    var buffer = [UInt8](repeating: 0, count: 4096)
    while rest > 0, let read = try? buffer.read(from: stream, deadline: deadline), read > 0 {
      rest -= read
    }
  }
}
