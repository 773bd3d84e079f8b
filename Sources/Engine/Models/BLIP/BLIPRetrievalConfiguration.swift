package import Checkpoints

/// BLIP's model for finding pictures by text: its encoders with two heads (BLIPScore).
///
/// Source: Li et al. 2022 (BLIP), section 3.2.
package struct BLIPRetrievalConfiguration: Sendable, Equatable {
  package var vision: VisionTransformerConfiguration
  package var text: BERTConfiguration
  /// Width of the space in which pictures and texts are compared.
  package var projectionWidth: Int
  /// Tokens that a text is cut or padded to.
  package var textLength: Int
  /// Of each channel, what is taken off a picture in 0...1 and what it is then divided by.
  package var pixels = PixelStatistics.clip

  /// Keys that cannot change what is computed at inference.
  private static let ignored: Set<String> = [
    "initializer_factor", "initializer_range", "label_smoothing", "logit_scale_init_value",
    "projection_dim", "tie_word_embeddings", "attention_dropout", "hidden_dropout_prob",
    "attention_probs_dropout_prob", "bos_token_id", "eos_token_id", "pad_token_id",
    "sep_token_id", "use_cache", "model_type", "return_dict", "output_attentions",
    "output_hidden_states",
  ]

  /// Reads what transformers stores beside a `BlipForImageTextRetrieval`.
  ///
  /// Absent keys have the reference's defaults. Its epsilons differ from the original's, and count.
  package init(_ members: JSONObject, path: String) throws(ModelError) {
    var reader = ConfigurationReader(
      members, path: path, ignoring: Self.ignored.subtracting(["model_type"]))
    try reader.neutral("model_type", .string("blip"))
    var vision = try reader.nested("vision_config", ignoring: Self.ignored)
    var text = try reader.nested("text_config", ignoring: Self.ignored)
    projectionWidth = try reader.integer("image_text_hidden_size", in: 1...16384, default: 256)
    self.vision = try Self.vision(&vision)
    self.text = try Self.text(&text, imageWidth: self.vision.width)
    textLength = min(35, self.text.positions)
    try reader.finish()
    try vision.finish()
    try text.finish()
  }

  private static func vision(
    _ reader: inout ConfigurationReader
  ) throws(ModelError) -> VisionTransformerConfiguration {
    try reader.neutral("hidden_act", .string("gelu"))
    try reader.neutral("num_channels", .integer(3))
    let configuration = VisionTransformerConfiguration(
      imageSize: try reader.integer("image_size", in: 1...4096, default: 384),
      patchSize: try reader.integer("patch_size", in: 1...4096, default: 16),
      width: try reader.integer("hidden_size", in: 1...16384, default: 768),
      innerWidth: try reader.integer("intermediate_size", in: 1...65536, default: 3072),
      layers: try reader.integer("num_hidden_layers", in: 1...128, default: 12),
      heads: try reader.integer("num_attention_heads", in: 1...1024, default: 12),
      epsilon: Float(try reader.number("layer_norm_eps", in: 0...1, default: 1e-5)))
    try configuration.check(path: reader.path)
    return configuration
  }

  private static func text(
    _ reader: inout ConfigurationReader, imageWidth: Int
  ) throws(ModelError) -> BERTConfiguration {
    try reader.neutral("hidden_act", .string("gelu"))
    // A "decoder" has attention to the picture; its own is in both directions all the same.
    try reader.neutral("is_decoder", .bool(true))
    reader.skip("encoder_hidden_size")
    let configuration = BERTConfiguration(
      vocabularySize: try reader.integer("vocab_size", in: 1...1_000_000, default: 30_524),
      width: try reader.integer("hidden_size", in: 1...16384, default: 768),
      innerWidth: try reader.integer("intermediate_size", in: 1...65536, default: 3072),
      layers: try reader.integer("num_hidden_layers", in: 1...128, default: 12),
      heads: try reader.integer("num_attention_heads", in: 1...1024, default: 8),
      positions: try reader.integer("max_position_embeddings", in: 1...4096, default: 512),
      epsilon: Float(try reader.number("layer_norm_eps", in: 0...1, default: 1e-12)),
      imageWidth: imageWidth)
    try configuration.check(path: reader.path)
    return configuration
  }

  /// Reads the sizes off an original checkpoint, which has no configuration.
  ///
  /// What shapes do not tell is as published: heads of 64 channels, 1e-6 beside pictures and 1e-12
  /// beside texts.
  /// - Parameter shapes: of every tensor, by `WeightNaming.blipRetrieval`.
  package init(shapes: [String: [Int]], path: String) throws(ModelError) {
    let reader = ShapeReader(shapes: shapes, path: path)
    vision = try reader.visionTransformer("visual_encoder")
    text = try reader.bert("text_encoder", imageWidth: vision.width)
    projectionWidth = try reader.outputs("vision_proj")
    textLength = min(35, text.positions)
  }

  /// Shapes of all weights, by the names of the original.
  package var weightShapes: [String: [Int]] {
    var weights = InitialWeights()
    weights.visionTransformer("visual_encoder", vision)
    weights.bert("text_encoder", text)
    weights.linear("vision_proj", from: vision.width, to: projectionWidth)
    weights.linear("text_proj", from: text.width, to: projectionWidth)
    weights.linear("itm_head", from: text.width, to: 2)
    return weights.shapes
  }
}
