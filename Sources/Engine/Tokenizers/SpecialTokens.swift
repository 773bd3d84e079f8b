/// The special and added tokens of a folder with the ids they get.
struct SpecialTokens {
  let begin: Int32
  let end: Int32
  let padding: Int32
  /// What an unspellable byte becomes; nil if the vocabulary lacks the unknown token.
  let unknown: Int32?
  let added: [(token: AddedToken, id: Int32)]

  private static let startOfText = AddedToken(content: "<|startoftext|>", isNormalized: false)
  private static let endOfText = AddedToken(content: "<|endoftext|>", isNormalized: false)

  init(_ folder: TokenizerFolder) throws(TokenizerError) {
    let configuration = folder.configuration
    let stated = configuration.addedTokens ?? []
    let named = [
      configuration.bosToken ?? Self.startOfText, configuration.eosToken ?? Self.endOfText,
      configuration.unkToken ?? Self.endOfText, configuration.padToken ?? Self.endOfText,
    ]
    let resolved = named.map { token in stated.first { $0.content == token.content } ?? token }
    added = try AddedToken.assignIDs(
      stated + resolved + configuration.extraTokens, vocabularyCount: folder.vocabulary.count
    ) { folder.vocabulary[$0] }
    begin = try Self.id(of: named[0], "begin token", added)
    end = try Self.id(of: named[1], "end token", added)
    padding = try Self.id(of: named[3], "padding token", added)
    unknown = folder.vocabulary[named[2].content]
  }

  private static func id(
    of token: AddedToken, _ role: String, _ added: [(token: AddedToken, id: Int32)]
  ) throws(TokenizerError) -> Int32 {
    guard let id = added.first(where: { $0.token.content == token.content })?.id else {
      throw .unknownToken(role: role, token: token.content)
    }
    return id
  }
}
