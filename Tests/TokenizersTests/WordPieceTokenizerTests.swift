import Foundation
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct `The WordPiece tokenizer` {
  @Test func `gives the reference's ids for every prompt, whole and cut`() throws {
    let prompts = try WordPieceGolden.load().prompts
    let uncased = try WordPieceTokenizer(folder: Golden.path("wordpiece"))
    let cased = try WordPieceGolden.tokenizer(lowercases: false)
    #expect(prompts.count > 80)
    for prompt in prompts {
      let name = prompt.text.debugDescription
      #expect(uncased.whole(prompt.text) == prompt.uncased, "\(name)")
      #expect(uncased.encode(prompt.text).ids == prompt.uncasedCut, "\(name)")
      #expect(cased.whole(prompt.text) == prompt.cased, "\(name)")
      #expect(cased.encode(prompt.text, maxLength: 16).ids == prompt.casedCut, "\(name)")
      let cut = uncased.encode(prompt.text)
      #expect(cut.length == min(16, prompt.uncased.count), "\(name)")
      #expect(cut.droppedTokenCount == max(0, prompt.uncased.count - 16), "\(name)")
    }
  }

  /// The texts of `many.json` (scripts, emoji, controls, marks, white space, digits), and special
  /// tokens as they are, torn, doubled and in other case.
  @Test(arguments: [true, false])
  func `gives the reference's ids for thousands of texts more`(lowercases: Bool) throws {
    let golden = try WordPieceGolden.load()
    let tokenizer = try WordPieceGolden.tokenizer(lowercases: lowercases)
    let many = try Golden.decode(Golden.Many.self, "many.json").texts
    let alike = golden.lookAlikes
    #expect(many.count == 5_000 && alike.count == 600)
    for (texts, digits) in [
      (many, lowercases ? golden.uncased : golden.cased),
      (alike, lowercases ? golden.uncasedAlike : golden.casedAlike),
    ] {
      let digits = Array(digits.utf8)
      #expect(digits.count == texts.count * 10)
      for (index, text) in texts.enumerated() {
        let expected = String(decoding: digits[index * 10..<index * 10 + 10], as: UTF8.self)
        #expect(
          Hash.digits(tokenizer.whole(text)) == expected, "\(index): \(text.debugDescription)")
      }
    }
  }

  /// One hash per 256 characters, each between letters, before an accent and before a digit.
  @Test(arguments: [true, false])
  func `normalises and splits every character as the reference does it`(lowercases: Bool) throws {
    let rows = try Golden.decode([String: [[Characters.Entry]]].self, "wordpiece-unicode.json")
    let normalizer = WordPieceNormalizer(lowercases: lowercases, stripsAccents: lowercases)
    let blocks = try #require(rows[lowercases ? "uncased" : "cased"])
    #expect(blocks.count > 500)
    for row in blocks {
      guard case .block(let block) = row[0], case .hash(let expected) = row[1] else { continue }
      var hash = Hash()
      for scalar in (block * 256..<block * 256 + 256).compactMap(Unicode.Scalar.init) {
        let text = normalizer.normalize(["A", "e", scalar, "\u{301}", scalar, "1", " "])
        for scalar in text { UTF8.encode(scalar)?.forEach { hash.add($0) } }
        for word in WordPieceNormalizer.words(in: text) {
          let length = word.reduce(0) { $0 + (UTF8.encode($1)?.count ?? 0) }
          hash.add(UInt8(clamping: length))
        }
      }
      #expect(hash.value == expected, "block U+\(String(block * 256, radix: 16))")
    }
  }

  @Test func `follows every kind of configuration`() throws {
    let raw = try #require(
      try JSONSerialization.jsonObject(with: Golden.data("wordpiece.json")) as? [String: Any])
    let configurations = try #require(raw["variants"] as? [[String: Any]])
    let variants = try WordPieceGolden.load().variants
    #expect(variants.count == 7)
    for (variant, object) in zip(variants, configurations) {
      let folder = try ScratchFolder(copying: "wordpiece", files: ["vocab.txt"])
      if let configuration = object["configuration"] as? [String: Any] {
        let data = try JSONSerialization.data(withJSONObject: configuration)
        try folder.write("tokenizer_config.json", data)
      }
      let tokenizer = try WordPieceTokenizer(folder: folder.path, extraTokens: variant.extra)
      #expect(tokenizer.vocabularySize == variant.size, "\(variant.name)")
      for prompt in variant.prompts {
        #expect(tokenizer.whole(prompt.text) == prompt.ids, "\(variant.name): \(prompt.text)")
      }
    }
  }

  @Test func `knows its own constants`() throws {
    let tokenizer = try WordPieceTokenizer(
      folder: Golden.path("wordpiece"), extraTokens: ["[DEC]", "[ENC]"])
    #expect(tokenizer.paddingID == 0 && tokenizer.beginID == 2 && tokenizer.endID == 3)
    #expect(tokenizer.maskID == 4 && tokenizer.id(of: "[UNK]") == 1)
    #expect(tokenizer.maximumLength == 16)
    #expect(tokenizer.id(of: "[ENC]") == 4634 && tokenizer.vocabularySize == 4635)
    #expect(tokenizer.id(of: "[NONE]") == nil)
    #expect(tokenizer.encode("cat", maxLength: -5).ids == [2, 3])
    #expect(tokenizer.encode("[PAD]", maxLength: 4).ids == [2, 0, 3, 0])
  }

  @Test func `a word of fifty thousand letters takes no quadratic time`() throws {
    let tokenizer = try WordPieceGolden.tokenizer(lowercases: true)
    let start = ContinuousClock.now
    #expect(tokenizer.whole(String(repeating: "strawberry", count: 5_000)).count == 3)
    #expect(tokenizer.whole(String(repeating: "e\u{301}-", count: 40_000)).count == 80_002)
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}
