package import Checkpoints

/// The configuration of a whole CLIP: its two halves and what joins them.
package struct CLIPConfiguration: Sendable, Equatable {
  package var text: CLIPTextConfiguration
  package var vision: CLIPVisionConfiguration
  /// Width of the embeddings that pictures and texts share.
  package var projection: Int
  package var endOfText: EndOfText

  private static let ignored: Set<String> = [
    "initializer_factor", "logit_scale_init_value", "text_config", "text_config_dict",
    "vision_config", "vision_config_dict",
  ]

  package init(
    text: CLIPTextConfiguration, vision: CLIPVisionConfiguration, endOfText: EndOfText
  ) {
    (self.text, self.vision, self.endOfText) = (text, vision, endOfText)
    projection = vision.projection
  }

  /// Reads the members of a `config.json` of model type `clip`.
  package init(_ members: JSONObject, path: String) throws(ModelError) {
    var reader = ConfigurationReader(members, path: path, ignoring: Self.ignored)
    try reader.neutral("model_type", .string("clip"))
    try reader.passOverDefaults()
    projection = try reader.integer("projection_dim", in: 1...16384, default: 512)
    try reader.finish()
    let texts = try Self.half("text_config", members, path)
    text = try CLIPTextConfiguration(texts, path: path)
    endOfText = try EndOfText(texts, path: path)
    vision = try CLIPVisionConfiguration(
      try Self.half("vision_config", members, path), path: path)
    // The halves have a width of their own, which the whole model does not use.
    vision.projection = projection
  }

  /// The members of a half: those under the older key, where it is there, replace the others.
  private static func half(
    _ key: String, _ members: JSONObject, _ path: String
  ) throws(ModelError) -> JSONObject {
    for key in ["\(key)_dict", key] {
      switch members[key] {
      case nil, .null?: continue
      case .object(let half)?: return half
      case let other?:
        throw .unsupportedValue(
          path: path, key: key, value: other.summary, supported: "an object")
      }
    }
    return JSONObject()
  }
}

/// Where a text ends: the state there stands for all of it.
package enum EndOfText: Sendable, Equatable {
  /// At the first token of the largest id. The rule of OpenAI's code, which transformers keeps for
  /// configurations that name 2, wrongly, as the end.
  case largestToken
  /// At the first token of this id.
  case token(Int)

  /// Reads `eos_token_id` of a text half's configuration.
  init(_ members: JSONObject, path: String) throws(ModelError) {
    switch members["eos_token_id"] {
    case nil: self = .token(49407)
    case .integer(2)?: self = .largestToken
    case .integer(let id)? where (0..<1_000_000).contains(id): self = .token(id)
    case let other?:
      throw .unsupportedValue(
        path: path, key: "eos_token_id", value: other.summary,
        supported: "a whole number from 0 to 999999")
    }
  }

  /// The position of the end, or nothing where a text has none.
  package func position(in tokens: [Int]) -> Int? {
    switch self {
    case .largestToken: tokens.max().flatMap { tokens.firstIndex(of: $0) }
    case .token(let id): tokens.firstIndex(of: id)
    }
  }
}
