import Sockets
import Testing

@Suite struct `Ranges of addresses` {
  @Test(arguments: [
    ("10.0.0.0/8", "10.255.0.1", true), ("10.0.0.0/8", "11.0.0.0", false),
    ("192.0.2.7", "192.0.2.7", true), ("192.0.2.7", "192.0.2.8", false),
    ("192.0.2.4/31", "192.0.2.5", true), ("192.0.2.4/31", "192.0.2.6", false),
    ("0.0.0.0/0", "203.0.113.9", true), ("0.0.0.0/0", "2001:db8::1", false),
    ("2001:db8::/32", "2001:db8:ffff::1", true), ("2001:db8::/32", "2001:db9::1", false),
    ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
    ("2001:db8::/65", "2001:db8::8000:0:0:1", false),
    ("::1", "::1", true), ("::1", "::2", false), ("::/0", "10.0.0.1", true),
    ("::ffff:10.0.0.0", "10.0.0.0", true),
  ])
  func `a range holds what shares its first bits`(
    _ range: String, _ address: String, _ isInside: Bool
  ) throws {
    let address = try #require(SocketAddress(numeric: address))
    #expect(try NetworkRange(range).contains(address) == isInside)
  }

  @Test(arguments: [
    "", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/8/8", "10.0.0/8",
    "10.0.0.1/8", "2001:db8::/129", "2001:db8::1/64", "localhost", "10.0.0.0/0x8", "[::1]",
  ])
  func `what is no range is refused by its own text`(_ text: String) {
    let error = #expect(throws: NetworkRange.Malformed.self) { try NetworkRange(text) }
    #expect(error?.description.contains("'\(text)'") == true)
  }

  @Test(arguments: [
    "127.1", "1", "0x7f.0.0.1", "127.0.0.01", "localhost", "fe80::1%lo", "1.2.3.4\0", " ::1", "",
  ])
  func `an address is numeric in full or none`(_ text: String) {
    #expect(SocketAddress(numeric: text) == nil)
  }

  @Test func `addresses of trusted proxies are not limited, all others are`() throws {
    let (proxy, client) = try (
      #require(SocketAddress(numeric: "10.0.0.1")), #require(SocketAddress(numeric: "192.0.2.1"))
    )
    var counter = ConnectionCounter(
      limits: ConnectionLimits(total: 6, perAddress: 1, unlimited: [try NetworkRange("10.0.0.0/8")])
    )
    let proxied = (0..<4).map { _ in counter.admit(proxy) }
    #expect(proxied == [true, true, true, true])
    let direct = (0..<2).map { _ in counter.admit(client) }
    #expect(direct == [true, false])
    for _ in 0..<4 { counter.release(proxy) }
    #expect(counter.total == 1)
  }
}
