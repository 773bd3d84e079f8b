/// `tokenizer_config.json` as far as it bears on token ids.
struct TokenizerConfiguration: Decodable {
  var bosToken: AddedToken?
  var eosToken: AddedToken?
  var unkToken: AddedToken?
  var padToken: AddedToken?
  var extraTokens: [AddedToken] = []
  /// Tokens with the ids they were given, if the folder was saved by a newer library.
  var addedTokens: [AddedToken]?
  var maximumLength: Int?

  init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case bosToken = "bos_token"
    case eosToken = "eos_token"
    case unkToken = "unk_token"
    case padToken = "pad_token"
    case extraTokens = "extra_special_tokens"
    case additionalTokens = "additional_special_tokens"
    case addedTokens = "added_tokens_decoder"
    case maximumLength = "model_max_length"
    case tokenizerClass = "tokenizer_class"
    case paddingSide = "padding_side"
    case truncationSide = "truncation_side"
    case splitSpecialTokens = "split_special_tokens"
    case addBosToken = "add_bos_token"
    case addEosToken = "add_eos_token"
  }

  /// The reference reads "no limit" from a number far beyond any text encoder.
  private static let noLimit = 1_000_000.0

  init(from decoder: any Decoder) throws {
    let object = try decoder.container(keyedBy: CodingKeys.self)
    try Self.check(object)
    bosToken = try object.decodeIfPresent(AddedToken.self, forKey: .bosToken)
    eosToken = try object.decodeIfPresent(AddedToken.self, forKey: .eosToken)
    unkToken = try object.decodeIfPresent(AddedToken.self, forKey: .unkToken)
    padToken = try object.decodeIfPresent(AddedToken.self, forKey: .padToken)
    extraTokens =
      try object.decodeIfPresent([AddedToken].self, forKey: .extraTokens)
      ?? object.decodeIfPresent([AddedToken].self, forKey: .additionalTokens) ?? []
    addedTokens = try object.decodeIfPresent([String: AddedToken].self, forKey: .addedTokens)
      .map(Self.sortedByID)
    if let length = try object.decodeIfPresent(Double.self, forKey: .maximumLength),
      length < Self.noLimit
    {
      guard let length = Int(exactly: length), length >= 2 else {
        throw TokenizerError.unsupported(key: "model_max_length", value: "\(length)")
      }
      maximumLength = length
    }
  }

  private static func check(_ object: KeyedDecodingContainer<CodingKeys>) throws {
    let expected: [(CodingKeys, Set<String>)] = [
      (.tokenizerClass, ["CLIPTokenizer", "CLIPTokenizerFast"]), (.paddingSide, ["right"]),
      (.truncationSide, ["right"]),
    ]
    for (key, values) in expected {
      guard let value = try object.decodeIfPresent(String.self, forKey: key) else { continue }
      guard values.contains(value) else {
        throw TokenizerError.unsupported(key: key.rawValue, value: value)
      }
    }
    for key in [CodingKeys.splitSpecialTokens, .addBosToken, .addEosToken]
    where try object.decodeIfPresent(Bool.self, forKey: key) == (key == .splitSpecialTokens) {
      throw TokenizerError.unsupported(key: key.rawValue, value: "\(key == .splitSpecialTokens)")
    }
  }

  private static func sortedByID(_ tokens: [String: AddedToken]) throws -> [AddedToken] {
    try tokens.map { key, token in
      guard let id = Int32(key), id >= 0 else {
        throw TokenizerError.unsupported(key: "added_tokens_decoder", value: key)
      }
      var token = token
      token.statedID = id
      return token
    }.sorted { ($0.statedID ?? 0) < ($1.statedID ?? 0) }
  }

  /// Takes over what the older `special_tokens_map.json` says, which has the last word.
  mutating func merge(_ map: TokenizerConfiguration) {
    bosToken = map.bosToken ?? bosToken
    eosToken = map.eosToken ?? eosToken
    unkToken = map.unkToken ?? unkToken
    padToken = map.padToken ?? padToken
    let known = Set(extraTokens)
    extraTokens += map.extraTokens.filter { !known.contains($0) }
  }
}
