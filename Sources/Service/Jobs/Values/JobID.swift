/// The name of a job: `edit_` and 128 random bits in 26 characters of base 32.
package struct JobID: Sendable, Hashable, CustomStringConvertible {
  package static let prefix = "edit_"
  /// Crockford's alphabet: no i, l, o, u, so that an id survives being read aloud.
  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  private static let digits = 26

  package let text: String

  /// Accepts what `random` makes; `nil` for everything else, so that lookups refuse junk early.
  package init?(_ text: String) {
    let tail = text.utf8.dropFirst(Self.prefix.utf8.count)
    guard text.hasPrefix(Self.prefix), tail.count == Self.digits,
      tail.allSatisfy(Self.alphabet.contains)
    else { return nil }
    self.text = text
  }

  package init(using generator: inout some RandomNumberGenerator) {
    var high: UInt64 = generator.next()
    var low: UInt64 = generator.next()
    var characters: [UInt8] = []
    for _ in 0..<Self.digits {
      characters.append(Self.alphabet[Int(low & 31)])
      low = low >> 5 | high << 59
      high >>= 5
    }
    text = Self.prefix + String(decoding: characters.reversed(), as: UTF8.self)
  }

  package static func random() -> JobID {
    var generator = SystemRandomNumberGenerator()
    return JobID(using: &generator)
  }

  package var description: String { text }
}

extension JobID: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    guard let id = JobID(try container.decode(String.self)) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a job id")
    }
    self = id
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(text)
  }
}
