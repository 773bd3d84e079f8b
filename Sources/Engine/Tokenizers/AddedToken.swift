/// A token that is found in the text as a whole, before any splitting.
struct AddedToken: Hashable {
  var content: String
  /// Whether it is looked for in the normalised text, itself normalised, or in the text as given.
  var isNormalized: Bool
  /// The id the folder states, checked against the one it gets.
  var statedID: Int32?
}

extension AddedToken: Decodable {
  private enum CodingKeys: String, CodingKey {
    case content
    case normalized
    case special
    case id
    case leftStrip = "lstrip"
    case rightStrip = "rstrip"
    case singleWord = "single_word"
  }

  /// Reads a token written as a string (looked for as it stands) or as an object.
  init(from decoder: any Decoder) throws {
    if let content = try? decoder.singleValueContainer().decode(String.self) {
      self.init(content: content, isNormalized: false)
      return
    }
    let object = try decoder.container(keyedBy: CodingKeys.self)
    for key in [CodingKeys.leftStrip, .rightStrip, .singleWord]
    where try object.decodeIfPresent(Bool.self, forKey: key) == true {
      throw TokenizerError.unsupported(key: key.rawValue, value: "true")
    }
    let isSpecial = try object.decodeIfPresent(Bool.self, forKey: .special) ?? false
    self.init(
      content: try object.decode(String.self, forKey: .content),
      isNormalized: try object.decodeIfPresent(Bool.self, forKey: .normalized) ?? !isSpecial,
      statedID: try object.decodeIfPresent(Int32.self, forKey: .id))
  }
}
