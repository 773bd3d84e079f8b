package import Checkpoints
package import Layers

/// The configuration of CLIP's vision half: `vision_config` of a whole model's `config.json`, or the
/// file of the half alone.
package struct CLIPVisionConfiguration: Sendable, Equatable {
  package var width: Int
  /// Width inside the feed-forward part of a layer.
  package var innerWidth: Int
  package var layers: Int
  package var heads: Int
  /// Height and width of the pictures, in pixels.
  package var imageSize: Int
  /// Height and width of a patch, in pixels.
  package var patchSize: Int
  package var activation: Activation
  package var epsilon: Float
  /// Width of the embeddings that pictures and texts share.
  package var projection: Int

  private static let ignored: Set<String> = [
    "attention_dropout", "dropout", "initializer_factor", "initializer_range",
  ]

  package init(
    width: Int, innerWidth: Int, layers: Int, heads: Int, imageSize: Int = 224, patchSize: Int,
    activation: Activation, epsilon: Float = 1e-5, projection: Int
  ) {
    (self.width, self.innerWidth, self.layers, self.heads) = (width, innerWidth, layers, heads)
    (self.imageSize, self.patchSize) = (imageSize, patchSize)
    (self.activation, self.epsilon, self.projection) = (activation, epsilon, projection)
  }

  /// Reads the members of the file; absent keys have the reference's defaults.
  package init(_ members: JSONObject, path: String) throws(ModelError) {
    var reader = ConfigurationReader(members, path: path, ignoring: Self.ignored)
    try reader.neutral("model_type", .string("clip_vision_model"))
    try reader.passOverDefaults()
    try reader.neutral("num_channels", .integer(3))
    width = try reader.integer("hidden_size", in: 1...16384, default: 768)
    innerWidth = try reader.integer("intermediate_size", in: 1...65536, default: 3072)
    layers = try reader.integer("num_hidden_layers", in: 1...128, default: 12)
    heads = try reader.integer("num_attention_heads", in: 1...1024, default: 12)
    imageSize = try reader.integer("image_size", in: 1...4096, default: 224)
    patchSize = try reader.integer("patch_size", in: 1...1024, default: 32)
    activation = try reader.choice(
      "hidden_act", ["quick_gelu": .quickGELU, "gelu": .gelu], default: .quickGELU)
    epsilon = Float(try reader.number("layer_norm_eps", in: 0...1, default: 1e-5))
    projection = try reader.integer("projection_dim", in: 1...16384, default: 512)
    try reader.finish()
    guard width % heads == 0 else {
      throw .inconsistent(
        path: path, key: "num_attention_heads", reason: "\(heads) does not divide \(width)")
    }
    guard patchSize <= imageSize else {
      throw .inconsistent(
        path: path, key: "patch_size", reason: "\(patchSize) is larger than the picture")
    }
  }

  /// Patches along a side; what is left over at the right and the bottom is not seen.
  package var gridSize: Int { imageSize / patchSize }

  /// The token of the whole picture, then one for each patch.
  package var positions: Int { gridSize * gridSize + 1 }
}
