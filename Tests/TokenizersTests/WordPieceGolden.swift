import Foundation
import Testing

@testable import Tokenizers

/// The golden files of `Scripts/fixtures/make_wordpiece.py`.
struct WordPieceGolden: Decodable {
  struct Prompt: Decodable {
    let text: String
    let uncased: [Int]
    let uncasedCut: [Int]
    let cased: [Int]
    let casedCut: [Int]
  }

  struct Variant: Decodable {
    struct Case: Decodable {
      let text: String
      let ids: [Int]
    }

    let name: String
    let extra: [String]
    let size: Int
    let prompts: [Case]
  }

  let prompts: [Prompt]
  let lookAlikes: [String]
  /// Ten hexadecimal digits for the ids of each text of `many.json`, and of each look-alike.
  let uncased: String
  let cased: String
  let uncasedAlike: String
  let casedAlike: String
  let variants: [Variant]

  static func load() throws -> WordPieceGolden {
    try Golden.decode(WordPieceGolden.self, "wordpiece.json")
  }

  static func vocabulary() throws -> WordPieceVocabulary {
    try WordPieceVocabulary(folder: Golden.path("wordpiece"))
  }

  static func tokenizer(lowercases: Bool) throws -> WordPieceTokenizer {
    try WordPieceTokenizer(vocabulary: vocabulary(), lowercases: lowercases)
  }
}

extension WordPieceTokenizer {
  /// All ids of a text, nothing cut and nothing padded.
  func whole(_ text: String) -> [Int] {
    let prompt = encode(text, maxLength: 100_000)
    return Array(prompt.ids.prefix(prompt.length))
  }
}

/// FNV-1a (Fowler, Noll and Vo) over bytes that come one by one.
struct Hash {
  private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

  mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }

  /// Ten hexadecimal digits of the hash of ids as 32-bit little-endian numbers.
  static func digits(_ ids: [Int]) -> String {
    var hash = Hash()
    for id in ids { for byte in 0..<4 { hash.add(UInt8(truncatingIfNeeded: id >> (8 * byte))) } }
    let digits = String(hash.value >> 24, radix: 16)
    return String(repeating: "0", count: 10 - digits.count) + digits
  }
}
