import Outbound
import Sockets
import Testing

@Suite struct `Addresses that requests may go to` {
  private func refusal(_ text: String, allowed: [String] = []) throws -> String? {
    let address = try #require(SocketAddress(numeric: text))
    return AddressPolicy(allowed: try allowed.map { try NetworkRange($0) }).refusal(of: address)
  }

  @Test(arguments: [
    "0.0.0.0", "0.255.255.255", "10.0.0.0", "10.255.255.255", "100.64.0.1", "100.127.255.255",
    "100.100.100.200", "127.0.0.1", "127.255.255.254", "168.63.129.16", "169.254.0.1",
    "169.254.169.254", "169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.1",
    "192.0.0.192", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.0.1",
    "192.168.255.255", "192.175.48.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
    "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::2", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::127.0.0.1", "64:ff9b::10.1.2.3",
    "64:ff9b::169.254.169.254", "64:ff9b:1::1", "64:ff9b:0:1::8.8.8.8", "100::1", "2001::1",
    "2001:0:7f00:1::", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1",
    "2002:a00:1::1", "2002:808:808::1", "2620:4f:8000::1", "3ffe::1", "3fff::1", "4000::1",
    "5f00::1", "8000::1", "fc00::1", "fd00:ec2::254", "fdff::1", "fe80::1", "fe80::a9fe:a9fe",
    "fec0::1", "ff02::1", "ff0e::1",
  ])
  func `leave out all that is not the public internet`(_ text: String) throws {
    #expect(try refusal(text) != nil)
  }

  @Test(arguments: [
    "1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
    "126.255.255.255", "128.0.0.1", "168.63.129.15", "169.253.255.255", "169.255.0.0",
    "172.15.255.255", "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0",
    "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    "2001:200::1", "2001:4860:4860::8888", "2606:4700:4700::1111", "2003::1", "2a00:1450::1",
    "3f00::1",
  ])
  func `have all that is`(_ text: String) throws {
    #expect(try refusal(text) == nil)
  }

  @Test func `have what the operator allows, and its neighbours not`() throws {
    let allowed = ["127.0.0.1/32", "10.1.0.0/16", "fd00::/64"]
    for text in ["127.0.0.1", "10.1.2.3", "fd00::7", "::ffff:10.1.0.1"] {
      #expect(try refusal(text, allowed: allowed) == nil)
    }
    for text in ["127.0.0.2", "10.2.0.1", "fd00:0:0:1::1", "64:ff9b::10.1.0.1", "::1"] {
      #expect(try refusal(text, allowed: allowed) != nil)
    }
  }

  /// Were a range misspelt, it would be left out: every one has an address that only it refuses.
  @Test func `are refused by what they are`() throws {
    for (text, word) in [
      ("0.0.0.0", "RFC 791"), ("10.0.0.1", "RFC 1918"), ("100.64.0.1", "RFC 6598"),
      ("127.0.0.1", "RFC 1122"), ("168.63.129.16", "metadata"), ("169.254.1.1", "RFC 3927"),
      ("172.16.0.1", "RFC 1918"), ("192.0.0.1", "RFC 6890"), ("192.0.2.1", "RFC 5737"),
      ("192.31.196.1", "RFC 7535"), ("192.52.193.1", "RFC 7450"), ("192.88.99.1", "RFC 7526"),
      ("192.168.0.1", "RFC 1918"), ("192.175.48.1", "RFC 7534"), ("198.18.0.1", "RFC 2544"),
      ("198.51.100.1", "RFC 5737"), ("203.0.113.1", "RFC 5737"), ("224.0.0.1", "RFC 1112"),
      ("240.0.0.1", "RFC 919"), ("::", "unspecified"), ("::1", "loopback"),
      ("::2", "IPv4-compatible"), ("64:ff9b:1::1", "RFC 8215"), ("100::1", "RFC 6666"),
      ("2001::1", "Teredo"), ("2001:db8::1", "RFC 3849"), ("2002::1", "6to4"),
      ("2620:4f:8000::1", "AS112"), ("3ffe::1", "6bone"), ("3fff::1", "RFC 9637"),
      ("fc00::1", "RFC 4193"), ("fe80::1", "link-local"), ("fec0::1", "site-local"),
      ("ff00::1", "multicast"), ("64:ff9b::7f00:1", "translation"), ("4000::1", "public internet"),
    ] {
      #expect(try refusal(text)?.contains(word) == true, "\(text)")
    }
  }
}
