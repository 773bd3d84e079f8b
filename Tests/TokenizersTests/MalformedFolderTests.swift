import Foundation
import TestSupport
import Testing

@testable import Tokenizers

@Suite struct `A malformed tokenizer folder` {
  @Test func `that is empty is refused with the file that is missing`() throws {
    let folder = try ScratchFolder()
    #expect(throws: TokenizerError.unreadable(file: "vocab.json", reason: "there is no such file"))
    {
      try CLIPTokenizer(folder: folder.path)
    }
  }

  @Test(arguments: [
    ("merges.txt", "#version: 0.2\na b c\n"), ("merges.txt", "nonsense nowhere\n"),
    ("merges.txt", "\n"), ("vocab.json", "{"), ("vocab.json", "[1, 2]"), ("vocab.json", "{}"),
    ("vocab.json", #"{"a": -1}"#), ("vocab.json", #"{"a": 1e99}"#), ("vocab.json", "\u{FFFE}"),
    ("tokenizer_config.json", "3"), ("tokenizer_config.json", #"{"bos_token": 3}"#),
    ("tokenizer_config.json", #"{"bos_token": "<none>", "eos_token": {"content": 1}}"#),
    ("tokenizer_config.json", #"{"added_tokens_decoder": {"-1": {"content": "a"}}}"#),
    ("tokenizer_config.json", #"{"added_tokens_decoder": {"7": {"content": "<new>"}}}"#),
    ("special_tokens_map.json", "null"), ("added_tokens.json", #"{"<new>": 3}"#),
    ("tokenizer.json", "{}"), ("tokenizer.json", #"{"model": {"vocab": {}, "merges": [["a"]]}}"#),
  ])
  func `gives a typed error`(file: String, content: String) throws {
    let folder = try ScratchFolder(copying: "starter")
    try folder.write(file, content)
    #expect(throws: TokenizerError.self) { try CLIPTokenizer(folder: folder.path) }
  }

  @Test(arguments: [
    ("tokenizer_class", #""BertTokenizer""#), ("padding_side", #""left""#),
    ("truncation_side", #""left""#), ("split_special_tokens", "true"), ("add_bos_token", "false"),
    ("model_max_length", "1"), ("model_max_length", "7.5"),
    ("pad_token", #"{"content": "<x>", "lstrip": true}"#),
  ])
  func `setting that would change ids is refused by name`(key: String, value: String) throws {
    let folder = try ScratchFolder(copying: "starter")
    try folder.write("tokenizer_config.json", "{\"\(key)\": \(value)}")
    #expect {
      try CLIPTokenizer(folder: folder.path)
    } throws: { error in
      guard case .unsupported(let name, _) = error as? TokenizerError else { return false }
      return name == key || (key == "pad_token" && name == "lstrip")
    }
  }

  @Test func `without a length neither cuts nor pads`() throws {
    let folder = try ScratchFolder(copying: "starter")
    try folder.write(
      "tokenizer_config.json", #"{"model_max_length": 1000000000000000019884624838656}"#)
    let tokenizer = try CLIPTokenizer(folder: folder.path)
    let prompt = tokenizer.encode(String(repeating: "a ", count: 50))
    #expect(prompt.ids.count == 52)
    #expect(!prompt.isTruncated)
  }

  @Test(.timeLimit(.minutes(1)))
  func `of a hundred thousand added tokens is read in seconds`() throws {
    let folder = try ScratchFolder(copying: "starter")
    let tokens = (0..<100_000).map { "\"<\($0)>\"" }.joined(separator: ",")
    for file in ["tokenizer_config.json", "special_tokens_map.json"] {
      try folder.write(file, "{\"additional_special_tokens\": [\(tokens)]}")
    }
    #expect(try CLIPTokenizer(folder: folder.path).vocabularySize > 100_000)
  }

  @Test func `that was mutated anywhere never traps`() throws {
    var random = SplitMix(state: 3)
    let names = ["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"]
    var refused = 0
    for round in 0..<200 {
      let folder = try ScratchFolder(copying: "starter", files: names)
      let name = names[round % names.count]
      var bytes = [UInt8](try Golden.data("starter/" + name))
      mutate(&bytes, &random)
      try folder.write(name, Data(bytes))
      do {
        _ = try CLIPTokenizer(folder: folder.path).encode("a strawberry's ÅÉ 字 <|endoftext|>")
      } catch {
        refused += 1
      }
    }
    #expect(refused > 20)
  }

  private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: bytes.indices, using: &random)
      switch UInt8.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = .random(in: 0...255, using: &random)
      case 1: bytes.removeSubrange(place..<min(place + 40, bytes.count - 1))
      case 2: bytes.insert(contentsOf: bytes[place..<min(place + 40, bytes.count)], at: place)
      default: bytes.removeLast(min(bytes.count - 1, place / 4))
      }
    }
  }
}

/// A small random source with a seed (Steele, Lea and Flood 2014).
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
