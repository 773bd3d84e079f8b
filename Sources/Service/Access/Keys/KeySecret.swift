import Digests

/// What a client sends as its key: 256 random bits.
///
/// The text is reached by name only: interpolated into a message it says nothing.
package struct KeySecret: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
  /// What every secret begins with, so that scanners of repositories and logs recognise one.
  package static let prefix = "byteedit_"

  package let text: String

  package init(_ text: String) {
    self.text = text
  }

  /// Of the system's generator, which is a cryptographic one on every platform.
  package static func random() -> KeySecret {
    var generator = SystemRandomNumberGenerator()
    let digits = Array("0123456789abcdef")
    let bytes = (0..<32).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    let hexadecimal = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return KeySecret(prefix + String(hexadecimal))
  }

  package var description: String { "[secret]" }
  package var debugDescription: String { description }
}

/// The SHA-256 of a secret's text: all that is ever stored of it.
package struct KeyDigest: Sendable, CustomStringConvertible {
  private static let length = 64
  private let digits: [UInt8]

  /// Of 64 hexadecimal digits in lower case; `nil` of anything else.
  package init?(_ text: String) {
    let digits = Array(text.utf8)
    let isHexadecimal = digits.allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
    }
    guard digits.count == Self.length, isHexadecimal else { return nil }
    self.digits = digits
  }

  /// `nil` where OpenSSL refuses its service.
  package init?(of secret: KeySecret) {
    self.init(SHA256.hexadecimal(of: Array(secret.text.utf8)))
  }

  package var description: String { String(decoding: digits, as: UTF8.self) }

  /// Whether both are the same, in a time that does not depend on where they differ.
  package func equalsInConstantTime(_ other: KeyDigest) -> Bool {
    ConstantTime.areEqual(digits, other.digits)
  }
}
