import Glibc

/// A host with an optional port (RFC 3986 section 3.2); user information is none of it (RFC 9110
/// section 4.2.4).
struct Authority {
  /// A name may be empty, which no URL of http allows (RFC 9110 section 4.2.1).
  let hasHost: Bool
  /// A port may be left out, or be empty behind its colon.
  let hasPort: Bool

  /// Nil for what is no authority.
  init?(_ bytes: ArraySlice<UInt8>) {
    let host: ArraySlice<UInt8>
    if bytes.first == 0x5b {
      guard let end = bytes.firstIndex(of: 0x5d),
        Self.isIPv6(bytes[(bytes.startIndex + 1)..<end])
      else { return nil }
      host = bytes[...end]
    } else {
      host = bytes.prefix { $0 != 0x3a }
      guard Self.isName(host) else { return nil }
    }
    let rest = bytes[host.endIndex...]
    guard rest.isEmpty || rest.first == 0x3a, rest.dropFirst().allSatisfy(ASCII.isDigit) else {
      return nil
    }
    hasHost = !host.isEmpty
    hasPort = rest.count > 1
  }

  private static func isName(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.allSatisfy { ASCII.name[Int($0)] } && ASCII.isPercentEncoded(bytes)
  }

  private static func isIPv6(_ bytes: ArraySlice<UInt8>) -> Bool {
    var address = in6_addr()
    // A scope would pass the system's reading at times, and NUL would end the text.
    guard bytes.allSatisfy({ ASCII.hexValue($0) != nil || $0 == 0x3a || $0 == 0x2e }) else {
      return false
    }
    return inet_pton(AF_INET6, String(decoding: bytes, as: UTF8.self), &address) == 1
  }
}
