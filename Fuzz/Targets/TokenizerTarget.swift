import Tokenizers

/// The files of a tokenizer folder, and a prompt through what was read out of them.
final class TokenizerTarget: FuzzTarget {
  static let name = "tokenizer"
  static let sources = [
    "AddedToken", "AddedToken+IDs", "AddedTokenMatcher", "BytePairEncoder", "CLIPTokenizer",
    "CharacterKind",
    "MergingWord", "MinimumHeap", "PromptNormalizer", "SpecialTokens", "TokenizerConfiguration",
    "TokenizerFile", "TokenizerFiles", "TokenizerFolder", "WordSplitter",
  ].map { "Engine/Tokenizers/\($0).swift" }

  private static let prompt = "prompt"
  private static let files: [Character: String] = [
    "v": "vocab.json", "m": "merges.txt", "c": "tokenizer_config.json",
    "s": "special_tokens_map.json", "a": "added_tokens.json", "t": "tokenizer.json", "p": prompt,
  ]

  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  func read(_ input: [UInt8]) -> FuzzVerdict {
    var files = Sections.contents(of: input, names: Self.files)
    let prompt = String(decoding: files.removeValue(forKey: Self.prompt) ?? [], as: UTF8.self)
    do {
      return try folder.with(files) {
        do {
          let tokenizer = try CLIPTokenizer(folder: folder.path)
          return Self.fault(of: tokenizer, prompt).map(FuzzVerdict.wrong) ?? .accepted
        } catch {
          return .refused("\(error)")
        }
      }
    } catch {
      return .refused("\(error)")
    }
  }

  /// What a tokenizer promises of every prompt, and does not keep.
  private static func fault(of tokenizer: CLIPTokenizer, _ prompt: String) -> String? {
    // Padding to a million ids takes the fuzzer's time and nothing else.
    let lengths = tokenizer.maximumLength ?? 0 > 4096 ? [8] : [nil, 8]
    for length in lengths {
      let encoded = tokenizer.encode(prompt, maxLength: length)
      guard encoded.ids.allSatisfy((0..<tokenizer.vocabularySize).contains) else {
        return "an id beyond the vocabulary of \(tokenizer.vocabularySize)"
      }
      guard encoded.ids.first == tokenizer.beginID, encoded.ids.contains(tokenizer.endID) else {
        return "no begin or no end"
      }
      if let length = length ?? tokenizer.maximumLength, encoded.ids.count != length {
        return "\(encoded.ids.count) ids, asked for \(length)"
      }
    }
    return nil
  }

  static func parts(of input: [UInt8]) -> [[UInt8]] { Sections.parts(of: input) }
  static func whole(_ parts: [[UInt8]]) -> [UInt8] { Sections.whole(parts) }
}
