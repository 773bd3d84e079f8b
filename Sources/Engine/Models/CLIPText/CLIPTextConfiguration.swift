package import Checkpoints
package import Layers

/// The configuration of CLIP's text half, `text_encoder/config.json`.
package struct CLIPTextConfiguration: Sendable, Equatable {
  package var vocabularySize: Int
  package var width: Int
  /// Width inside the feed-forward part of a layer.
  package var innerWidth: Int
  package var layers: Int
  package var heads: Int
  /// The most tokens a text may have.
  package var positions: Int
  package var activation: Activation
  package var epsilon: Float

  /// Keys that matter to training or to the pooled output, which the editor does not use.
  private static let ignored: Set<String> = [
    "attention_dropout", "bos_token_id", "dropout", "eos_token_id", "initializer_factor",
    "initializer_range", "output_attentions", "output_hidden_states", "pad_token_id",
    "projection_dim", "return_dict", "use_cache",
  ]

  package init(
    vocabularySize: Int = 49408, width: Int, innerWidth: Int, layers: Int, heads: Int,
    positions: Int = 77, activation: Activation, epsilon: Float = 1e-5
  ) {
    (self.vocabularySize, self.width, self.innerWidth) = (vocabularySize, width, innerWidth)
    (self.layers, self.heads, self.positions) = (layers, heads, positions)
    (self.activation, self.epsilon) = (activation, epsilon)
  }

  /// Reads the members of the file; absent keys have the reference's defaults.
  package init(_ members: JSONObject, path: String) throws(ModelError) {
    var reader = ConfigurationReader(members, path: path, ignoring: Self.ignored)
    try reader.neutral("model_type", .string("clip_text_model"))
    try reader.passOverDefaults()
    // With a mask, padding would be hidden from the text: the reference then gives other states.
    try reader.neutral("use_attention_mask", .bool(false))
    vocabularySize = try reader.integer("vocab_size", in: 1...1_000_000, default: 49408)
    width = try reader.integer("hidden_size", in: 1...16384, default: 512)
    innerWidth = try reader.integer("intermediate_size", in: 1...65536, default: 2048)
    layers = try reader.integer("num_hidden_layers", in: 1...128, default: 12)
    heads = try reader.integer("num_attention_heads", in: 1...1024, default: 8)
    positions = try reader.integer("max_position_embeddings", in: 1...4096, default: 77)
    activation = try reader.choice(
      "hidden_act", ["quick_gelu": .quickGELU, "gelu": .gelu], default: .quickGELU)
    epsilon = Float(try reader.number("layer_norm_eps", in: 0...1, default: 1e-5))
    try reader.finish()
    guard width % heads == 0 else {
      throw .inconsistent(
        path: path, key: "num_attention_heads", reason: "\(heads) does not divide \(width)")
    }
  }
}
