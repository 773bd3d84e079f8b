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
          return tokenizer.fault(with: prompt).map(FuzzVerdict.wrong) ?? .accepted
        } catch {
          return .refused("\(error)")
        }
      }
    } catch {
      return .refused("\(error)")
    }
  }

  static func parts(of input: [UInt8]) -> [[UInt8]] { Sections.parts(of: input) }
  static func whole(_ parts: [[UInt8]]) -> [UInt8] { Sections.whole(parts) }
}
