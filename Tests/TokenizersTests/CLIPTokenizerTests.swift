import Foundation
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct `The CLIP tokenizer` {
  @Test func `gives the reference's ids for every prompt, whole`() throws {
    let starter = try Golden.tokenizer("starter")
    let multilingual = try Golden.tokenizer("multilingual")
    let prompts = try Golden.decode([Golden.Prompt].self, "prompts.json")
    #expect(prompts.count > 500)
    for prompt in prompts {
      #expect(starter.whole(prompt.text) == prompt.starter, "\(prompt.text.debugDescription)")
      #expect(
        multilingual.whole(prompt.text) == prompt.multilingual, "\(prompt.text.debugDescription)")
    }
  }

  /// Scripts, emoji, controls, combining marks, white space, digits, look-alikes of special tokens:
  /// see `Scripts/fixtures/many_prompts.py`.
  @Test func `gives the reference's ids for five thousand prompts more`() throws {
    let golden = try Golden.decode(Golden.Many.self, "many.json")
    #expect(golden.texts.count == 5_000)
    for (name, hashes) in [("starter", golden.starter), ("multilingual", golden.multilingual)] {
      let tokenizer = try Golden.tokenizer(name)
      let digits = Array(hashes.utf8)
      for (index, text) in golden.texts.enumerated() {
        let expected = String(decoding: digits[index * 10..<index * 10 + 10], as: UTF8.self)
        let hash = String(Self.hash(tokenizer.whole(text)) >> 24, radix: 16)
        #expect(
          String(repeating: "0", count: 10 - hash.count) + hash == expected,
          "\(name), prompt \(index): \(text.debugDescription)")
      }
    }
  }

  /// FNV-1a of ids as 32-bit little-endian numbers.
  private static func hash(_ ids: [Int]) -> UInt64 {
    ids.flatMap { id in (0..<4).map { UInt8(truncatingIfNeeded: id >> (8 * $0)) } }
      .reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  @Test func `cuts and pads as the reference and says how much it dropped`() throws {
    let prompts = try Golden.decode([Golden.Prompt].self, "prompts.json")
    let starter = try Golden.tokenizer("starter")
    let multilingual = try Golden.tokenizer("multilingual")
    for prompt in prompts {
      check(starter, prompt.text, whole: prompt.starter, cut: prompt.starterCut)
      check(multilingual, prompt.text, whole: prompt.multilingual, cut: prompt.multilingualCut)
    }
    #expect(prompts.contains { $0.multilingualCut != nil })
    #expect(prompts.contains { $0.starter.count == 16 }, "one that fits exactly")
    #expect(prompts.contains { $0.starter.count == 17 }, "one that is a token too long")
  }

  private func check(_ tokenizer: CLIPTokenizer, _ text: String, whole: [Int], cut: [Int]?) {
    let length = tokenizer.maximumLength ?? 0
    let padding = Array(repeating: tokenizer.paddingID, count: max(0, length - whole.count))
    let prompt = tokenizer.encode(text)
    #expect(prompt.ids == cut ?? whole + padding, "\(text.debugDescription)")
    #expect(prompt.isTruncated == (cut != nil))
    #expect(prompt.droppedTokenCount == max(0, whole.count - length))
    #expect(prompt.contentTokenCount == min(whole.count, length) - 2)
  }

  @Test func `pads and cuts to the length a caller asks for`() throws {
    let tokenizer = try Golden.tokenizer("starter")
    #expect(tokenizer.encode("a a a", maxLength: 4).ids == [1049, 320, 320, 1050])
    #expect(tokenizer.encode("a a a", maxLength: 4).droppedTokenCount == 1)
    #expect(tokenizer.encode("a", maxLength: 5).ids == [1049, 320, 1050, 1050, 1050])
    #expect(tokenizer.encode("a", maxLength: -1).ids == [1049, 1050])
  }

  @Test func `knows its own constants`() throws {
    let tokenizer = try Golden.tokenizer("starter")
    #expect(tokenizer.beginID == 1049)
    #expect(tokenizer.endID == 1050)
    #expect(tokenizer.maximumLength == 16)
    #expect(tokenizer.vocabularySize == 1051)
  }

  @Test func `reads a folder that the reference saved as one tokenizer file`() throws {
    let saved = try Golden.tokenizer("saved")
    for prompt in try Golden.decode([Golden.Prompt].self, "prompts.json") {
      #expect(saved.whole(prompt.text) == prompt.multilingual, "\(prompt.text.debugDescription)")
    }
  }

  @Test func `follows every kind of configuration files`() throws {
    let raw = try #require(
      try JSONSerialization.jsonObject(with: Golden.data("variants.json")) as? [[String: Any]])
    let variants = try Golden.decode([Golden.Variant].self, "variants.json")
    for (variant, object) in zip(variants, raw) {
      let folder = try ScratchFolder(copying: "multilingual")
      for (file, content) in try #require(object["files"] as? [String: Any]) {
        try folder.write(file + ".json", JSONSerialization.data(withJSONObject: content))
      }
      let tokenizer = try CLIPTokenizer(folder: folder.path)
      #expect(tokenizer.paddingID == variant.padding, "\(variant.name)")
      for prompt in variant.prompts {
        let ids = tokenizer.encode(prompt.text).ids
        #expect(ids == prompt.ids, "\(variant.name): \(prompt.text)")
      }
    }
  }

  @Test func `a word of fifty thousand letters takes no quadratic time`() throws {
    let tokenizer = try Golden.tokenizer("starter")
    let text = String(repeating: "strawberry", count: 5_000)
    let start = ContinuousClock.now
    #expect(tokenizer.encode(text).isTruncated)
    #expect(ContinuousClock.now - start < .seconds(10))
  }
}

extension CLIPTokenizer {
  /// All ids of a text, nothing cut and nothing padded.
  func whole(_ text: String) -> [Int] {
    let prompt = encode(text, maxLength: 100_000)
    return Array(prompt.ids.prefix(prompt.contentTokenCount + 2))
  }
}
