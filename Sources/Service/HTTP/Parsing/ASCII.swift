/// Classes of bytes, as RFC 9110 (section 5.6) and RFC 3986 (appendix A) name them.
enum ASCII {
  static let tab: UInt8 = 0x09
  static let lineFeed: UInt8 = 0x0a
  static let carriageReturn: UInt8 = 0x0d
  static let space: UInt8 = 0x20

  /// Token characters: header field names, methods, parameters.
  static let token = table(
    "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

  /// What a path or query may hold literally; `%` needs two hexadecimal digits after it.
  static let target = table(
    "-._~!$&'()*+,;=:@/?%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

  /// A registered name; `%` needs two hexadecimal digits after it.
  static let name = table(
    "-._~!$&'()*+,;=%0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

  /// A boundary of multipart bodies (RFC 2046 section 5.1.1).
  static let boundary = table(
    "'()+_,-./:=? 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

  private static func table(_ characters: StaticString) -> [Bool] {
    var table = [Bool](repeating: false, count: 256)
    characters.withUTF8Buffer { for byte in $0 { table[Int(byte)] = true } }
    return table
  }

  /// Visible characters, blanks, and the obsolete bytes above 127.
  static func isFieldValue(_ byte: UInt8) -> Bool {
    byte == tab || (byte >= 0x20 && byte != 0x7f)
  }

  static func isBlank(_ byte: UInt8) -> Bool { byte == space || byte == tab }

  /// Only letters of ASCII: to Unicode, the Kelvin sign in front of `eep-alive` is a k as well.
  static func lowercase(_ byte: UInt8) -> UInt8 {
    (0x41...0x5a).contains(byte) ? byte | 0x20 : byte
  }

  static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  /// Whether two hexadecimal digits follow each `%`.
  static func isPercentEncoded(_ bytes: ArraySlice<UInt8>) -> Bool {
    bytes.indices.allSatisfy { index in
      bytes[index] != 0x25
        || (index + 2 < bytes.endIndex && hexValue(bytes[index + 1]) != nil
          && hexValue(bytes[index + 2]) != nil)
    }
  }

  static func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }

  static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    var bytes = bytes
    while let first = bytes.first, isBlank(first) { bytes.removeFirst() }
    while let last = bytes.last, isBlank(last) { bytes.removeLast() }
    return bytes
  }
}

extension StringProtocol {
  /// Without spaces and tabs at either end.
  package var trimmedBlanks: String {
    var rest = self[...]
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return String(rest)
  }

  /// Equal but for the case of ASCII letters.
  package func equalsIgnoringCase(_ other: String) -> Bool {
    utf8.elementsEqual(other.utf8) { ASCII.lowercase($0) == ASCII.lowercase($1) }
  }
}
