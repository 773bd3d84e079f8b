/// The WordPiece tokenizer of BERT text encoders, token for token that of transformers 5.
///
/// Text is cleaned, lower-cased and freed of accents (where the folder does not say otherwise), cut
/// at spaces and punctuation, and every word into the longest pieces that the vocabulary has;
/// special and added tokens are found as wholes. See Devlin and others 2019, section 3.
package struct WordPieceTokenizer: Sendable {
  /// `[CLS]`, `[SEP]`, `[PAD]` and, where there is one, `[MASK]`.
  package let beginID: Int
  package let endID: Int
  package let paddingID: Int
  package let maskID: Int?
  /// The length texts are padded to by default, begin and end counted; nil if there is none.
  package let maximumLength: Int?
  /// One more than the largest id that can occur; the text encoder must embed as many.
  package let vocabularySize: Int

  private let normalizer: WordPieceNormalizer
  private let encoder: WordPieceEncoder
  private let added: [(token: AddedToken, id: Int32)]
  private let verbatimTokens: AddedTokenMatcher
  private let normalizedTokens: AddedTokenMatcher

  private static let classes = ["BertTokenizer", "BertTokenizerFast"]

  /// Reads a tokenizer folder: `vocab.txt`, and `tokenizer_config.json`, `special_tokens_map.json`
  /// and `added_tokens.json` where they are there.
  ///
  /// - Parameter extraTokens: special tokens that the caller's model adds, such as BLIP's `[DEC]`
  ///   and `[ENC]`; those that the vocabulary lacks get the ids behind it, in this order.
  package init(folder: String, extraTokens: [String] = []) throws(TokenizerError) {
    let files = TokenizerFiles(path: folder)
    var configuration =
      try files.json(TokenizerConfiguration.self, "tokenizer_config.json")
      ?? TokenizerConfiguration()
    try configuration.require(classes: Self.classes)
    if configuration.addedTokens == nil {
      if let map = try files.json(TokenizerConfiguration.self, "special_tokens_map.json") {
        configuration.merge(map)
      }
      if let tokens = try files.json([String: Int32].self, "added_tokens.json") {
        configuration.add(tokens)
      }
    }
    try self.init(
      vocabulary: try WordPieceVocabulary(folder: folder), configuration: configuration,
      extraTokens: extraTokens)
  }

  /// A tokenizer of a vocabulary alone, with BERT's own special tokens.
  package init(
    vocabulary: WordPieceVocabulary, lowercases: Bool = true, extraTokens: [String] = []
  ) throws(TokenizerError) {
    var configuration = TokenizerConfiguration()
    configuration.lowercases = lowercases
    try self.init(
      vocabulary: vocabulary, configuration: configuration, extraTokens: extraTokens)
  }

  private init(
    vocabulary: WordPieceVocabulary, configuration: TokenizerConfiguration, extraTokens: [String]
  ) throws(TokenizerError) {
    let lowercases = configuration.lowercases ?? true
    let normalizer = WordPieceNormalizer(
      lowercases: lowercases, stripsAccents: configuration.stripsAccents ?? lowercases,
      separatesIdeographs: configuration.separatesIdeographs ?? true)
    let tokens = WordPieceSpecialTokens(configuration, extraTokens: extraTokens)
    let encoder = try WordPieceEncoder(vocabulary, unknown: tokens.unknown.content)
    let added = try tokens.assignIDs(encoder)
    func id(_ token: AddedToken) -> Int? {
      added.first { $0.token.content == token.content }.map { Int($0.id) }
    }
    guard let begin = id(tokens.begin), let end = id(tokens.end), let padding = id(tokens.padding)
    else { throw .unknownToken(role: "begin, end or padding token", token: "") }
    (beginID, endID, paddingID, maskID) = (begin, end, padding, id(tokens.mask))
    maximumLength = configuration.maximumLength
    vocabularySize = max(vocabulary.tokens.count, (added.map { Int($0.id) }.max() ?? -1) + 1)
    verbatimTokens = AddedTokenMatcher(
      added.filter { !$0.token.isNormalized }.map {
        (Array($0.token.content.unicodeScalars), $0.id)
      })
    normalizedTokens = AddedTokenMatcher(
      added.filter(\.token.isNormalized).map {
        (normalizer.normalize($0.token.content.unicodeScalars), $0.id)
      })
    (self.normalizer, self.encoder, self.added) = (normalizer, encoder, added)
  }

  /// The id of a token of the vocabulary or an added one.
  package func id(of token: String) -> Int? {
    (added.first { $0.token.content == token }?.id ?? encoder.id(of: token)).map { Int($0) }
  }

  /// Encodes a text as begin, content and end, cut and padded to a length.
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
    return ids.map { Int($0) }
  }

  private func appendNormalized(_ text: ArraySlice<Unicode.Scalar>, to ids: inout [Int32]) {
    for piece in normalizedTokens.split(normalizer.normalize(text)) {
      switch piece {
      case .token(let id): ids.append(id)
      case .text(let part):
        for word in WordPieceNormalizer.words(in: Array(part)) { encoder.encode(word, to: &ids) }
      }
    }
  }
}
