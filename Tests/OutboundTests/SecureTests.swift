import Outbound
import Sockets
import TLS
import TestCertificates
import Testing

/// A server with a certificate, in memory; it answers a request that ends with `{}`.
private final class SecurePeer: ByteStream, @unchecked Sendable {
  // Unchecked: the one thread that sends a request touches it, and the test after that.
  private var session: TLSSession
  private var outgoing: [UInt8] = []
  private(set) var received: [UInt8] = []

  init(_ folder: CertificateFolder, _ name: String) throws {
    session = TLSSession(
      server: try TLSServerContext(
        .init(certificate: folder.file(name + ".pem"), key: folder.file(name + ".key"))))
  }

  func write(_ bytes: [UInt8], deadline: ContinuousClock.Instant) throws(OutboundError) {
    perform(bytes.withUnsafeBytes { session.receive($0) })
    if received.suffix(2).elementsEqual("{}".utf8) {
      perform(session.write(Array("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".utf8)))
    }
  }

  private func perform(_ actions: [TLSSession.Action]) {
    for action in actions {
      switch action {
      case .send(let bytes): outgoing += bytes
      case .deliver(let bytes): received += bytes
      case .established, .end, .fail: break
      }
    }
  }

  func read(
    into buffer: UnsafeMutableRawBufferPointer, deadline: ContinuousClock.Instant
  ) throws(OutboundError) -> Int {
    let count = min(buffer.count, outgoing.count)
    buffer.copyBytes(from: outgoing[..<count])
    outgoing.removeFirst(count)
    return count
  }

  func finish() {}
}

@Suite struct `Through TLS` {
  private let folder: CertificateFolder

  init() throws {
    folder = try CertificateFolder()
    try folder.make("hooks", names: "DNS:hooks.example")
  }

  private func send(
    to host: String = "hooks.example", over peer: any ByteStream, trust: String? = "ca.pem"
  ) async throws -> ResponseHead {
    let context = try TLSClientContext(
      trust: trust.map { .systemAnd(folder.file($0)) } ?? .system)
    let client = OutboundClient(
      policy: AddressPolicy(allowed: [try NetworkRange("127.0.0.1")]), timeout: .seconds(30),
      resolver: NameResolver { _, port throws(OutgoingError) in
        [SocketAddress(numeric: "8.8.8.8", port: port)].compactMap(\.self)
      },
      connect: { _, _ throws(OutboundError) in peer },
      secure: { stream, host, deadline throws(OutboundError) in
        try TLSStream.open(stream, context, host: host, deadline: deadline)
      })
    return try await client.send(.post(to: host))
  }

  @Test func `a request reaches who can show its name`() async throws {
    let peer = try SecurePeer(folder, "hooks")
    #expect(try await send(over: peer).status == 202)
    let text = String(decoding: peer.received, as: UTF8.self)
    #expect(text.hasPrefix("POST /hook?a=b HTTP/1.1\r\n") && text.hasSuffix("{}"))
    #expect(try await send(to: "127.0.0.1", over: SecurePeer(folder, "server")).status == 202)
  }

  @Test(arguments: ["server", "other", "expired", "early"])
  func `nothing is said to who shows another name, authority or time`(
    _ name: String
  ) async throws {
    let authority = try TestCertificate("Other Authority", isAuthority: true)
    try folder.make("other", names: "DNS:hooks.example", by: authority)
    try folder.make("expired", names: "DNS:hooks.example", validity: -7200..<(-3600))
    try folder.make("early", names: "DNS:hooks.example", validity: 3600..<7200)
    let peer = try SecurePeer(folder, name)
    let error = await #expect(throws: OutboundError.self) { try await send(over: peer) }
    guard case .insecure = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(peer.received.isEmpty)
  }

  @Test func `the system's authorities are not those of a test`() async throws {
    let peer = try SecurePeer(folder, "hooks")
    await #expect(throws: OutboundError.self) { try await send(over: peer, trust: nil) }
    #expect(peer.received.isEmpty)
  }

  @Test func `an answer in the clear is none`() async throws {
    let plain = FakeStream("HTTP/1.1 200 OK\r\n\r\n")
    let error = await #expect(throws: OutboundError.self) { try await send(over: plain) }
    guard case .insecure = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
