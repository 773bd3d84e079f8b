/// The sizes of a vision transformer over square pictures.
package struct VisionTransformerConfiguration: Sendable, Equatable {
  /// Pixels of a picture's side, a multiple of `patchSize`.
  package var imageSize: Int
  package var patchSize: Int
  package var width: Int
  /// Width inside the feed-forward part of a block.
  package var innerWidth: Int
  package var layers: Int
  package var heads: Int
  package var epsilon: Float
  /// Whether a learnt token stands before the patches.
  package var hasClassToken: Bool

  /// - Parameter innerWidth: four times the width when nil.
  package init(
    imageSize: Int, patchSize: Int, width: Int, innerWidth: Int? = nil, layers: Int, heads: Int,
    epsilon: Float = 1e-6, hasClassToken: Bool = true
  ) {
    (self.imageSize, self.patchSize) = (imageSize, patchSize)
    (self.width, self.innerWidth) = (width, innerWidth ?? 4 * width)
    (self.layers, self.heads) = (layers, heads)
    (self.epsilon, self.hasClassToken) = (epsilon, hasClassToken)
  }

  /// Patches along a side.
  package var grid: Int { imageSize / patchSize }
  /// Patches, and the class token where there is one.
  package var tokens: Int { grid * grid + (hasClassToken ? 1 : 0) }

  /// Reads the keys `image_size`, `patch_size` and those that begin with `vision_`.
  init(_ reader: inout ConfigurationReader, hasClassToken: Bool) throws(ModelError) {
    imageSize = try reader.integer("image_size", in: 1...4096)
    patchSize = try reader.integer("patch_size", in: 1...4096)
    width = try reader.integer("vision_width", in: 1...16384)
    innerWidth = try reader.integer("vision_inner_width", in: 1...65536, default: 4 * width)
    layers = try reader.integer("vision_layers", in: 1...128)
    heads = try reader.integer("vision_heads", in: 1...1024)
    epsilon = Float(try reader.number("vision_layer_norm_eps", in: 0...1, default: 1e-6))
    self.hasClassToken = hasClassToken
    try check(path: reader.path)
  }

  func check(path: String) throws(ModelError) {
    guard imageSize % patchSize == 0 else {
      throw .inconsistent(
        path: path, key: "patch_size", reason: "\(patchSize) does not divide \(imageSize)")
    }
    guard width % heads == 0 else {
      throw .inconsistent(
        path: path, key: "vision_heads", reason: "\(heads) does not divide \(width)")
    }
  }

  /// The members of a `config.json` that `init` reads.
  var members: [(key: String, text: String)] {
    [
      ("image_size", "\(imageSize)"), ("patch_size", "\(patchSize)"), ("vision_width", "\(width)"),
      ("vision_inner_width", "\(innerWidth)"), ("vision_layers", "\(layers)"),
      ("vision_heads", "\(heads)"), ("vision_layer_norm_eps", "\(epsilon)"),
    ]
  }
}
