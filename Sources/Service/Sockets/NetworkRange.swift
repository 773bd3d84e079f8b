/// A range of addresses in CIDR notation (RFC 4632, RFC 4291): `10.0.0.0/8`, `2001:db8::/32`.
package struct NetworkRange: Sendable, Hashable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64
  /// Bits that count, of 128; an IPv4 range has 96 more than it is written with.
  private let prefix: Int
  package let description: String

  /// Why a text is no range, for whoever wrote it.
  package struct Malformed: Error, CustomStringConvertible {
    package let description: String
  }

  /// A range, or a single address without a slash.
  package init(_ text: String) throws(Malformed) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard let address = SocketAddress(numeric: String(parts[0])) else {
      throw Malformed(description: "'\(text)' is no range such as 10.0.0.0/8 or 2001:db8::/32")
    }
    let bits = address.isIPv4 ? 32 : 128
    var length = bits
    if parts.count > 1 {
      guard let given = Int(parts[1]), (0...bits).contains(given),
        parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) })
      else {
        throw Malformed(description: "'\(text)': the number after the slash is from 0 to \(bits)")
      }
      length = given
    }
    prefix = 128 - bits + length
    let mask = Self.mask(prefix)
    (high, low) = (address.high & mask.high, address.low & mask.low)
    guard (high, low) == (address.high, address.low) else {
      throw Malformed(
        description: "'\(text)': the address has bits beyond its first \(length); "
          + "write the first address of the range")
    }
    description = text
  }

  package func contains(_ address: SocketAddress) -> Bool {
    let mask = Self.mask(prefix)
    return address.high & mask.high == high && address.low & mask.low == low
  }

  private static func mask(_ prefix: Int) -> (high: UInt64, low: UInt64) {
    func ones(_ count: Int) -> UInt64 { count <= 0 ? 0 : ~0 << UInt64(64 - min(count, 64)) }
    return (ones(prefix), ones(prefix - 64))
  }
}
