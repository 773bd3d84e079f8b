/// The byte-pair tokenizer of CLIP text encoders, token for token that of transformers 5.
///
/// Text is composed (NFC), white space collapsed, lower-cased, cut into words and merged by the
/// folder's table; added tokens are found as wholes. See Radford and others 2021, section 2.4, and
/// Sennrich and others 2016 for byte-pair encoding.
package struct CLIPTokenizer: Sendable {
  /// Begin, end and padding ids.
  package let beginID: Int
  package let endID: Int
  package let paddingID: Int
  /// The length prompts are padded to by default, begin and end counted; nil if there is none.
  package let maximumLength: Int?
  /// One more than the largest id that can occur; the text encoder must embed as many.
  package let vocabularySize: Int

  private let encoder: BytePairEncoder
  private let verbatimTokens: AddedTokenMatcher
  private let normalizedTokens: AddedTokenMatcher

  /// Reads a tokenizer folder: `vocab.json` and `merges.txt` (or `tokenizer.json`),
  /// `tokenizer_config.json`, `special_tokens_map.json`, `added_tokens.json`.
  package init(folder: String) throws(TokenizerError) {
    try self.init(TokenizerFolder(path: folder))
  }

  init(_ folder: TokenizerFolder) throws(TokenizerError) {
    let tokens = try SpecialTokens(folder)
    beginID = Int(tokens.begin)
    endID = Int(tokens.end)
    paddingID = Int(tokens.padding)
    maximumLength = folder.configuration.maximumLength
    if let stated = folder.statedFrame, stated != (tokens.begin, tokens.end) {
      throw .unsupported(key: "post_processor", value: "begin and end other than the tokens' own")
    }
    encoder = try BytePairEncoder(
      vocabulary: folder.vocabulary, merges: folder.merges, unknown: tokens.unknown)
    verbatimTokens = AddedTokenMatcher(
      tokens.added.filter { !$0.token.isNormalized }.map {
        (Array($0.token.content.unicodeScalars), $0.id)
      })
    normalizedTokens = AddedTokenMatcher(
      tokens.added.filter(\.token.isNormalized).map {
        (PromptNormalizer.normalize(Array($0.token.content.unicodeScalars)), $0.id)
      })
    let ids = folder.vocabulary.values + tokens.added.map(\.id)
    vocabularySize = Int(ids.max() ?? -1) + 1
  }

  /// Encodes a prompt as begin, content and end, cut and padded to a length.
  ///
  /// - Parameter maxLength: ids in all, at least 2; the folder's `model_max_length` by default.
  ///   With neither, nothing is cut or padded.
  package func encode(_ text: String, maxLength: Int? = nil) -> TokenizedPrompt {
    TokenizedPrompt(
      framing: contentIDs(text), begin: beginID, end: endID, padding: paddingID,
      length: maxLength ?? maximumLength)
  }

  /// The ids of the text alone, however long.
  private func contentIDs(_ text: String) -> [Int] {
    var ids: [Int32] = []
    for piece in verbatimTokens.split(Array(text.unicodeScalars)) {
      switch piece {
      case .token(let id): ids.append(id)
      case .text(let part): appendNormalized(part, to: &ids)
      }
    }
    return ids.map(Int.init)
  }

  private func appendNormalized(_ text: ArraySlice<Unicode.Scalar>, to ids: inout [Int32]) {
    for piece in normalizedTokens.split(PromptNormalizer.normalize(Array(text))) {
      switch piece {
      case .token(let id):
        ids.append(id)
      case .text(let part):
        for word in WordSplitter.words(in: Array(part)) {
          ids.append(contentsOf: encoder.encode(word))
        }
      }
    }
  }
}
