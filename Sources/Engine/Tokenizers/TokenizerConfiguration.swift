/// `tokenizer_config.json` as far as it bears on token ids.
struct TokenizerConfiguration: Decodable {
  var bosToken: AddedToken?
  var eosToken: AddedToken?
  var unkToken: AddedToken?
  var padToken: AddedToken?
  var sepToken: AddedToken?
  var clsToken: AddedToken?
  var maskToken: AddedToken?
  var extraTokens: [AddedToken] = []
  /// Tokens with the ids they were given, if the folder was saved by a newer library.
  var addedTokens: [AddedToken]?
  var maximumLength: Int?
  var tokenizerClass: String?
  /// Settings of BERT's tokenizers alone.
  var lowercases: Bool?
  var stripsAccents: Bool?
  var separatesIdeographs: Bool?

  init() {}

  private enum CodingKeys: String, CodingKey, CaseIterable {
    case bosToken = "bos_token"
    case eosToken = "eos_token"
    case unkToken = "unk_token"
    case padToken = "pad_token"
    case sepToken = "sep_token"
    case clsToken = "cls_token"
    case maskToken = "mask_token"
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
    case lowercases = "do_lower_case"
    case stripsAccents = "strip_accents"
    case separatesIdeographs = "tokenize_chinese_chars"
    case splitsFirst = "do_basic_tokenize"
    case neverSplit = "never_split"
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
    sepToken = try object.decodeIfPresent(AddedToken.self, forKey: .sepToken)
    clsToken = try object.decodeIfPresent(AddedToken.self, forKey: .clsToken)
    maskToken = try object.decodeIfPresent(AddedToken.self, forKey: .maskToken)
    tokenizerClass = try object.decodeIfPresent(String.self, forKey: .tokenizerClass)
    lowercases = try object.decodeIfPresent(Bool.self, forKey: .lowercases)
    stripsAccents = try object.decodeIfPresent(Bool.self, forKey: .stripsAccents)
    separatesIdeographs = try object.decodeIfPresent(Bool.self, forKey: .separatesIdeographs)
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
    for key in [CodingKeys.paddingSide, .truncationSide] {
      let side = try object.decodeIfPresent(String.self, forKey: key) ?? "right"
      guard side == "right" else {
        throw TokenizerError.unsupported(key: key.rawValue, value: side)
      }
    }
    if try object.decodeIfPresent(Bool.self, forKey: .splitsFirst) == false {
      throw TokenizerError.unsupported(key: "do_basic_tokenize", value: "false")
    }
    if let words = try object.decodeIfPresent([String].self, forKey: .neverSplit), !words.isEmpty {
      throw TokenizerError.unsupported(key: "never_split", value: "\(words)")
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

  /// Throws for a folder of another tokenizer than the reader's; one that names none is accepted.
  func require(classes: [String]) throws(TokenizerError) {
    guard let tokenizerClass, !classes.contains(tokenizerClass) else { return }
    throw .unsupported(key: "tokenizer_class", value: tokenizerClass)
  }

  private var namedTokens: [AddedToken?] {
    [bosToken, eosToken, unkToken, sepToken, padToken, clsToken, maskToken]
  }

  /// Takes over the older `added_tokens.json`.
  mutating func add(_ tokens: [String: Int32]) {
    let specials = namedTokens.compactMap(\.?.content) + extraTokens.map(\.content)
    let added = tokens.map { content, id in
      AddedToken(content: content, isNormalized: !specials.contains(content), statedID: id)
    }
    addedTokens =
      (addedTokens ?? []) + added.sorted { ($0.statedID ?? 0) < ($1.statedID ?? 0) }
  }

  /// Takes over what the older `special_tokens_map.json` says, which has the last word.
  mutating func merge(_ map: TokenizerConfiguration) {
    bosToken = map.bosToken ?? bosToken
    eosToken = map.eosToken ?? eosToken
    unkToken = map.unkToken ?? unkToken
    padToken = map.padToken ?? padToken
    sepToken = map.sepToken ?? sepToken
    clsToken = map.clsToken ?? clsToken
    maskToken = map.maskToken ?? maskToken
    extraTokens += map.extraTokens.filter { !extraTokens.contains($0) }
  }
}
