import Tokenizers

/// The files of a BERT tokenizer's folder, and a text through what was read out of them.
final class WordPieceTarget: FuzzTarget {
  static let name = "wordpiece"
  static let sources = [
    "AddedToken", "AddedToken+IDs", "AddedTokenMatcher", "TokenizerConfiguration", "TokenizerFiles",
    "WordPieceCharacter", "WordPieceEncoder", "WordPieceNormalizer", "WordPieceSpecialTokens",
    "WordPieceTokenizer", "WordPieceVocabulary",
  ].map { "Engine/Tokenizers/\($0).swift" }

  private static let text = "text"
  private static let files: [Character: String] = [
    "v": "vocab.txt", "c": "tokenizer_config.json", "s": "special_tokens_map.json",
    "a": "added_tokens.json", "p": text,
  ]

  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  func read(_ input: [UInt8]) -> FuzzVerdict {
    var files = Sections.contents(of: input, names: Self.files)
    let text = String(decoding: files.removeValue(forKey: Self.text) ?? [], as: UTF8.self)
    do {
      return try folder.with(files) {
        do {
          let tokenizer = try WordPieceTokenizer(
            folder: folder.path, extraTokens: input.count % 2 == 0 ? ["[DEC]", "[ENC]"] : [])
          return tokenizer.fault(with: text).map(FuzzVerdict.wrong) ?? .accepted
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
