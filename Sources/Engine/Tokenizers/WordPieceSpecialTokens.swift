/// The special tokens that a BERT tokenizer's configuration names.
struct WordPieceSpecialTokens {
  let unknown: AddedToken
  let end: AddedToken
  let padding: AddedToken
  let begin: AddedToken
  let mask: AddedToken
  private let all: [AddedToken]

  /// `extraTokens` come last; they are looked for in the text as it is given.
  init(_ configuration: TokenizerConfiguration, extraTokens: [String]) {
    func named(_ token: AddedToken?, _ content: String) -> AddedToken {
      token ?? AddedToken(content: content, isNormalized: false)
    }
    unknown = named(configuration.unkToken, "[UNK]")
    end = named(configuration.sepToken, "[SEP]")
    padding = named(configuration.padToken, "[PAD]")
    begin = named(configuration.clsToken, "[CLS]")
    mask = named(configuration.maskToken, "[MASK]")
    let stated = configuration.addedTokens ?? []
    let rare = [configuration.bosToken, configuration.eosToken].compactMap(\.self)
    let own = rare + [unknown, end, padding, begin, mask]
    let resolved = own.map { token in stated.first { $0.content == token.content } ?? token }
    all =
      stated + resolved + configuration.extraTokens
      + extraTokens.map { AddedToken(content: $0, isNormalized: false) }
  }

  func assignIDs(
    _ encoder: WordPieceEncoder
  ) throws(TokenizerError) -> [(token: AddedToken, id: Int32)] {
    try AddedToken.assignIDs(all, vocabularyCount: encoder.count) { encoder.id(of: $0) }
  }
}
