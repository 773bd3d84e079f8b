import HTTP
import HTTPTypes
import Sockets
import Testing

@Suite struct `Forwarded requests` {
  private static func hop(_ text: String) -> ForwardedPath.Hop {
    SocketAddress(numeric: text).map(ForwardedPath.Hop.address) ?? .hidden
  }

  /// The examples of RFC 7239 (sections 4, 6, 7.1) and what resembles them.
  @Test(arguments: [
    (["for=\"_gazonk\""], ["?"]),
    (["For=\"[2001:db8:cafe::17]:4711\""], ["2001:db8:cafe::17"]),
    (["for=192.0.2.60;proto=http;by=203.0.113.43"], ["192.0.2.60"]),
    (["for=192.0.2.43, for=198.51.100.17"], ["192.0.2.43", "198.51.100.17"]),
    (["for=192.0.2.43", "for=198.51.100.17"], ["192.0.2.43", "198.51.100.17"]),
    (["for=\"192.0.2.43:47011\""], ["192.0.2.43"]),
    (["for=\"192.0.2.43:_obf\""], ["192.0.2.43"]), (["for=unknown"], ["?"]),
    (["proto=https;host=example.org"], ["?"]), (["for=\"\\1\\9\\2.0.2.1\""], ["192.0.2.1"]),
    (["by=203.0.113.43 ; for=192.0.2.60 , , for=192.0.2.61"], ["192.0.2.60", "192.0.2.61"]),
    (["for=192.0.2.60;"], ["192.0.2.60"]),
  ])
  func `elements are read as RFC 7239 writes them`(_ lines: [String], _ hops: [String]) {
    #expect(ForwardedPath(forwarded: lines).hops == hops.map(Self.hop))
  }

  @Test(arguments: [
    "for=\"192.0.2.1", "for=192.0.2.1;for=192.0.2.2", "for", "for =192.0.2.1", "=192.0.2.1",
    "for=192.0.2.1 for=192.0.2.2", "for=[::1]", "for=\"::1\"", "for=\"[192.0.2.1]\"",
    "for=\"192.0.2.1:\"", "for=\"192.0.2.1:port\"", "for=\"192.0.2.1:123456\"", "for=\"[::1\"",
    "for=\"\"", "for=127.1", "for=\"x\\",
  ])
  func `what is not readable is a hidden hop, whatever stood before it`(_ line: String) {
    #expect(ForwardedPath(forwarded: [line]).hops == [.hidden])
    let path = ForwardedPath(forwarded: [line, "for=192.0.2.9"])
    #expect(path.hops == [.hidden, Self.hop("192.0.2.9")])
  }

  @Test(arguments: [
    (["192.0.2.1, 198.51.100.2"], ["192.0.2.1", "198.51.100.2"]),
    (["2001:db8::1", "192.0.2.1:80,[::1]:80"], ["2001:db8::1", "192.0.2.1", "::1"]),
    (["unknown, 192.0.2.1"], ["?", "192.0.2.1"]), ([","], ["?", "?"]),
    (["192.0.2.1; x, a b"], ["?", "?"]),
  ])
  func `the older field is a list of addresses`(_ lines: [String], _ hops: [String]) {
    #expect(ForwardedPath(xForwardedFor: lines).hops == hops.map(Self.hop))
  }

  /// Peer, X-Forwarded-For, Forwarded, and whom the request counts for; 10.0.0.0/8 is trusted.
  static let requests: [(String, [String], [String], String)] = [
    // Without a trusted proxy nothing that a client says counts.
    ("192.0.2.1", ["198.51.100.1"], [], "192.0.2.1"),
    ("192.0.2.1", [], ["for=198.51.100.1"], "192.0.2.1"),
    // A proxy names the client; what the client made up stands before it.
    ("10.0.0.1", ["192.0.2.1"], [], "192.0.2.1"),
    ("10.0.0.1", ["198.51.100.66, 192.0.2.1"], [], "192.0.2.1"),
    ("10.0.0.1", ["198.51.100.66", "192.0.2.1"], [], "192.0.2.1"),
    ("10.0.0.1", ["10.9.9.9, 192.0.2.1"], [], "192.0.2.1"),
    ("10.0.0.1", [], ["for=198.51.100.66, for=192.0.2.1"], "192.0.2.1"),
    ("10.0.0.1", [], ["for=\"198.51.100.66", "for=192.0.2.1"], "192.0.2.1"),
    // Several proxies, the nearest last.
    ("10.0.0.1", ["198.51.100.66, 192.0.2.1, 10.0.0.3, 10.0.0.2"], [], "192.0.2.1"),
    ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], [], "10.0.0.3"),
    // What is hidden or broken counts as the proxy that passed it on.
    ("10.0.0.1", [], [], "10.0.0.1"), ("10.0.0.1", ["unknown"], [], "10.0.0.1"),
    ("10.0.0.1", ["192.0.2.1, unknown, 10.0.0.2"], [], "10.0.0.2"),
    ("10.0.0.1", [], ["for=\"198.51.100.66, for=192.0.2.1"], "10.0.0.1"),
    // A proxy writes one field and passes a forged other on.
    ("10.0.0.1", ["192.0.2.1"], ["for=198.51.100.66"], "10.0.0.1"),
    ("10.0.0.1", ["198.51.100.66"], ["for=192.0.2.1"], "10.0.0.1"),
    ("10.0.0.1", ["192.0.2.1"], ["for=192.0.2.1"], "192.0.2.1"),
  ]

  @Test(arguments: requests)
  func `limits count by the address before the last trusted proxy`(
    _ peer: String, _ older: [String], _ forwarded: [String], _ client: String
  ) throws {
    var fields = HTTPFields()
    for value in older { fields.append(HTTPField(name: .xForwardedFor, value: value)) }
    for value in forwarded { fields.append(HTTPField(name: .forwarded, value: value)) }
    let addresses = ClientAddresses(trusting: [try NetworkRange("10.0.0.0/8")])
    let found = addresses.client(of: try #require(SocketAddress(numeric: peer)), fields)
    #expect(found.host == client)
  }

  @Test func `whatever a client sends, what the proxy adds in a line of its own is read`() {
    var generator = SystemRandomNumberGenerator()
    let pieces = [
      "for", "by", "=", ";", ",", "\"", "\\", "[", "]", ":", "192.0.2.1", "2001:db8::1", "_a", " ",
      "\t", "unknown", "ä", "\u{0}", "80",
    ]
    for _ in 0..<20_000 {
      let count = Int.random(in: 0...12, using: &generator)
      let line = (0..<count).compactMap { _ in pieces.randomElement(using: &generator) }.joined()
      let last = ForwardedPath(forwarded: [line, "for=192.0.2.9"]).hops.last
      #expect(last == Self.hop("192.0.2.9"), "\(line)")
      let older = ForwardedPath(xForwardedFor: [line, "192.0.2.9"]).hops.last
      #expect(older == Self.hop("192.0.2.9"), "\(line)")
    }
  }

  @Test func `with nobody trusted the peer is the client`() throws {
    let peer = try #require(SocketAddress(numeric: "127.0.0.1"))
    let addresses = ClientAddresses(trusting: [])
    #expect(addresses.client(of: peer, [.xForwardedFor: "192.0.2.1"]) == peer)
  }
}
