import CPlatform

/// An IP address and a port; IPv4 is held as `::ffff:a.b.c.d`, so that both kinds compare alike.
package struct SocketAddress: Sendable, Hashable {
  package let high: UInt64
  package let low: UInt64
  package let port: UInt16

  init(_ address: platform_address) {
    (high, low, port) = (address.high, address.low, address.port)
  }

  /// Resolves a name or a numeric address; blocks, so it is for start-up.
  ///
  /// Throws `SocketError.unknownHost`.
  package init(host: String, port: UInt16) throws(SocketError) {
    var address = platform_address()
    let code = platform_resolve(host, port, &address)
    guard code == 0 else {
      throw .unknownHost(host, reason: String(cString: platform_resolve_error(code)))
    }
    self.init(address)
  }

  /// Reads a numeric address, such as `192.0.2.1` or `2001:db8::1`, and asks no one; `nil` of
  /// anything else.
  package init?(numeric text: String, port: UInt16 = 0) {
    var address = platform_address()
    // A zero byte would end the text early for C.
    guard !text.utf8.contains(0), platform_parse_address(text, &address) == 0 else { return nil }
    address.port = port
    self.init(address)
  }

  var platform: platform_address { platform_address(high: high, low: low, port: port) }

  package var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

  /// 127.0.0.0/8 or ::1.
  package var isLoopback: Bool {
    isIPv4 ? (low >> 24) & 0xff == 127 : high == 0 && low == 1
  }

  /// What connection limits count by: an IPv4 address, or an IPv6 network of 64 bits, because one
  /// customer usually owns a whole one.
  package var limitKey: LimitKey {
    isIPv4 ? LimitKey(network: low) : LimitKey(network: high)
  }

  package struct LimitKey: Sendable, Hashable {
    package let network: UInt64
  }

  /// The numeric address without the port.
  package var host: String {
    withUnsafeTemporaryAllocation(of: CChar.self, capacity: 64) { text in
      guard let base = text.baseAddress, platform_format_address(platform, base, 64) == 0 else {
        return "unknown"
      }
      return String(cString: base)
    }
  }
}

extension SocketAddress: CustomStringConvertible {
  package var description: String { isIPv4 ? "\(host):\(port)" : "[\(host)]:\(port)" }
}
