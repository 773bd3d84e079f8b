import Sockets

/// The ranges of the IANA IPv4 and IPv6 Special-Purpose Address Registries (RFC 6890 and later),
/// and addresses by which clouds reach the machine's own metadata.
enum SpecialRanges {
  struct Entry {
    let range: NetworkRange
    let what: String
  }

  static let ipv4 = entries([
    ("0.0.0.0/8", "unspecified (RFC 791)"),
    ("10.0.0.0/8", "private (RFC 1918)"),
    ("100.64.0.0/10", "shared by a carrier's customers (RFC 6598)"),
    ("127.0.0.0/8", "loopback (RFC 1122)"),
    ("168.63.129.16/32", "a cloud's metadata"),
    ("169.254.0.0/16", "link-local, as clouds' metadata (RFC 3927)"),
    ("172.16.0.0/12", "private (RFC 1918)"),
    ("192.0.0.0/24", "for protocols (RFC 6890)"),
    ("192.0.2.0/24", "for documentation (RFC 5737)"),
    ("192.31.196.0/24", "of AS112 (RFC 7535)"),
    ("192.52.193.0/24", "for multicast tunnels (RFC 7450)"),
    ("192.88.99.0/24", "a 6to4 relay (RFC 7526)"),
    ("192.168.0.0/16", "private (RFC 1918)"),
    ("192.175.48.0/24", "of AS112 (RFC 7534)"),
    ("198.18.0.0/15", "for benchmarks (RFC 2544)"),
    ("198.51.100.0/24", "for documentation (RFC 5737)"),
    ("203.0.113.0/24", "for documentation (RFC 5737)"),
    ("224.0.0.0/4", "multicast (RFC 1112)"),
    ("240.0.0.0/4", "reserved or broadcast (RFC 1112, RFC 919)"),
  ])

  /// Those in 2000::/3, or with a name of their own; what else lies outside is refused anyway.
  static let ipv6 = entries([
    ("::/128", "unspecified (RFC 4291)"),
    ("::1/128", "loopback (RFC 4291)"),
    ("::/96", "IPv4-compatible (RFC 4291)"),
    ("64:ff9b:1::/48", "translated locally (RFC 8215)"),
    ("100::/64", "discarded (RFC 6666)"),
    ("2001::/23", "for protocols, Teredo among them (RFC 2928, RFC 4380)"),
    ("2001:db8::/32", "for documentation (RFC 3849)"),
    ("2002::/16", "6to4 (RFC 3056)"),
    ("2620:4f:8000::/48", "of AS112 (RFC 7534)"),
    ("3ffe::/16", "of the former 6bone (RFC 3701)"),
    ("3fff::/20", "for documentation (RFC 9637)"),
    ("fc00::/7", "private (RFC 4193)"),
    ("fe80::/10", "link-local (RFC 4291)"),
    ("fec0::/10", "site-local (RFC 3879)"),
    ("ff00::/8", "multicast (RFC 4291)"),
  ])

  /// 2000::/3 (RFC 4291, section 2.4, and IANA's registry).
  static func isGlobalUnicast(_ address: SocketAddress) -> Bool { address.high >> 61 == 0b001 }

  /// The IPv4 address that the well-known prefix 64:ff9b::/96 carries (RFC 6052).
  static func translated(_ address: SocketAddress) -> SocketAddress? {
    guard address.high == 0x64_ff9b_0000_0000, address.low >> 32 == 0 else { return nil }
    let bytes = (0..<4).map { (address.low >> (24 - 8 * $0)) & 0xff }
    return SocketAddress(numeric: bytes.map(String.init).joined(separator: "."))
  }

  /// A test sees that none of these is misspelt, and so left out.
  private static func entries(_ table: [(String, String)]) -> [Entry] {
    table.compactMap { text, what in
      (try? NetworkRange(text)).map { Entry(range: $0, what: what) }
    }
  }
}
