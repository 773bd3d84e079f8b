import Foundation
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct `A WordPiece vocabulary` {
  private static let captions = [
    "A red Apple on the table", "a red cat, and a Red kite", "Über den Wolken: 字 im Wind",
  ]

  @Test func `of captions spells them all with whole words`() throws {
    let vocabulary = try WordPieceVocabulary(words: Self.captions)
    #expect(Array(vocabulary.tokens.prefix(5)) == WordPieceVocabulary.specialTokens)
    #expect(Set(vocabulary.tokens).count == vocabulary.tokens.count)
    let tokenizer = try WordPieceTokenizer(vocabulary: vocabulary)
    #expect(tokenizer.vocabularySize == vocabulary.tokens.count)
    let apple = try #require(tokenizer.id(of: "apple"))
    #expect(tokenizer.whole("APPLE") == [2, apple, 3])
    for caption in Self.captions {
      #expect(!tokenizer.whole(caption).contains(1), "\(caption)")
    }
    // Words that no caption had are spelled; characters that no caption had are unknown.
    #expect(!tokenizer.whole("quizzical zebras! (42%)").contains(1))
    #expect(tokenizer.whole("ж") == [2, 1, 3])
    #expect(tokenizer.id(of: "字") != nil && tokenizer.id(of: "##字") == nil)
    #expect(tokenizer.id(of: "##u") != nil && tokenizer.id(of: "##,") == nil)
  }

  @Test func `is the same from the same captions in any order`() throws {
    let vocabulary = try WordPieceVocabulary(words: Self.captions)
    #expect(try WordPieceVocabulary(words: Self.captions.reversed()) == vocabulary)
    let words = vocabulary.tokens.filter { $0.count > 1 && !$0.hasPrefix("##") }.dropFirst(5)
    #expect(Array(words.prefix(3)) == ["red", "and", "apple"], "frequent ones first")
  }

  @Test func `keeps to its limits`() throws {
    let whole = try WordPieceVocabulary(words: Self.captions)
    let frequent = try WordPieceVocabulary(words: Self.captions, minimumCount: 2)
    #expect(frequent.tokens.contains("red") && !frequent.tokens.contains("apple"))
    let count = frequent.tokens.count + 2
    let limited = try WordPieceVocabulary(words: Self.captions, limit: count)
    #expect(limited.tokens == Array(whole.tokens.prefix(count)))
    let cased = try WordPieceVocabulary(
      words: Self.captions, lowercases: false, extraTokens: ["[ENC]"])
    #expect(cased.tokens.contains("Apple") && cased.tokens.contains("Über"))
    #expect(cased.tokens[5] == "[ENC]")
    let long = String(repeating: "x", count: 101)
    #expect(try !WordPieceVocabulary(words: [long]).tokens.contains(long))
  }

  @Test func `is read again as it was written`() throws {
    let vocabulary = try WordPieceVocabulary(words: Self.captions)
    let folder = try ScratchFolder()
    try vocabulary.write(to: folder.path + "/vocab.txt")
    #expect(try WordPieceVocabulary(folder: folder.path) == vocabulary)
    #expect(throws: TokenizerError.self) { try vocabulary.write(to: folder.path + "/no/vocab.txt") }
  }

  /// As the reference reads lines: white space at their ends goes, of a token given twice the last
  /// one counts.
  @Test func `drops line ends and lets the last of equals count`() throws {
    let folder = try ScratchFolder()
    try folder.write("vocab.txt", "[PAD]\r\n[UNK]\n[CLS] \n[SEP]\u{3000}\ncat\n\ncat\nd")
    let tokenizer = try WordPieceTokenizer(folder: folder.path)
    #expect(tokenizer.whole("cat") == [2, 6, 3])
    #expect(tokenizer.whole("cats") == [2, 1, 3])
    #expect(tokenizer.whole("d") == [2, 7, 3])
  }
}

@Suite struct `A malformed WordPiece folder` {
  @Test func `without vocabulary is refused with the file that is missing`() throws {
    let folder = try ScratchFolder()
    #expect(throws: TokenizerError.unreadable(file: "vocab.txt", reason: "there is no such file")) {
      try WordPieceTokenizer(folder: folder.path)
    }
  }

  @Test(arguments: [
    ("vocab.txt", ""), ("vocab.txt", "[PAD]\n[CLS]\n[SEP]\n"), ("tokenizer_config.json", "3"),
    ("tokenizer_config.json", #"{"unk_token": "<none>"}"#),
    ("tokenizer_config.json", #"{"tokenizer_class": "CLIPTokenizer"}"#),
    ("tokenizer_config.json", #"{"do_basic_tokenize": false}"#),
    ("tokenizer_config.json", #"{"never_split": ["a"]}"#),
    ("tokenizer_config.json", #"{"padding_side": "left"}"#),
    ("tokenizer_config.json", #"{"do_lower_case": "yes"}"#),
    ("tokenizer_config.json", #"{"mask_token": {"content": "[MASK]", "lstrip": true}}"#),
    ("tokenizer_config.json", #"{"added_tokens_decoder": {"7": {"content": "[CLS]"}}}"#),
    ("special_tokens_map.json", "null"), ("added_tokens.json", #"{"<new>": 3}"#),
  ])
  func `gives a typed error`(file: String, content: String) throws {
    let folder = try ScratchFolder(copying: "wordpiece", files: ["vocab.txt"])
    try folder.write(file, content)
    #expect(throws: TokenizerError.self) { try WordPieceTokenizer(folder: folder.path) }
  }

  @Test func `that is no text is refused`() throws {
    let folder = try ScratchFolder()
    try folder.write("vocab.txt", Data([0xC3, 0x28]))
    #expect(throws: TokenizerError.malformed(file: "vocab.txt", reason: "it is not UTF-8")) {
      try WordPieceTokenizer(folder: folder.path)
    }
  }

  @Test func `that was mutated anywhere never traps`() throws {
    var random = SplitMix(state: 5)
    let names = ["vocab.txt", "tokenizer_config.json"]
    var outcomes = (read: 0, refused: 0)
    for round in 0..<300 {
      let folder = try ScratchFolder(copying: "wordpiece", files: names)
      let name = names[round % names.count]
      var bytes = [UInt8](try Golden.data("wordpiece/" + name))
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: bytes.indices, using: &random)
        switch UInt8.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = .random(in: 0...255, using: &random)
        case 1: bytes.removeSubrange(place..<min(place + 40, bytes.count - 1))
        default: bytes.insert(contentsOf: bytes[place..<min(place + 40, bytes.count)], at: place)
        }
      }
      try folder.write(name, Data(bytes))
      do {
        _ = try WordPieceTokenizer(folder: folder.path).encode("a strawberry's ÅÉ 字 [MASK]")
        outcomes.read += 1
      } catch {
        outcomes.refused += 1
      }
    }
    #expect(outcomes.read > 20 && outcomes.refused > 20, "\(outcomes)")
  }
}
