import Access
import HTTP
import HTTPTypes

/// What a request shows of a key (RFC 6750, section 2.1): the one way in; never the query or the
/// body, which end up in logs.
enum BearerToken {
  case none
  case secret(KeySecret)
  /// Two fields, or no token after the scheme.
  case malformed

  init(_ fields: HTTPFields) {
    let values = fields[values: .authorization]
    guard let value = values.first else {
      self = .none
      return
    }
    let parts = value.trimmedBlanks.split(separator: " ", maxSplits: 1)
    guard values.count == 1, let scheme = parts.first else {
      self = .malformed
      return
    }
    guard scheme.equalsIgnoringCase("Bearer") else {
      self = .none
      return
    }
    let token = parts.count > 1 ? parts[1].trimmedBlanks : ""
    self = Self.isToken(token) ? .secret(KeySecret(token)) : .malformed
  }

  /// `b64token`: letters, digits and `-._~+/`, with `=` at the end.
  private static func isToken(_ text: String) -> Bool {
    let body = text.utf8.prefix { $0 != 0x3d }
    return !body.isEmpty && body.allSatisfy(isTokenByte)
      && text.utf8.dropFirst(body.count).allSatisfy { $0 == 0x3d }
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: Array("-._~+/".utf8).contains(byte)
    }
  }
}
