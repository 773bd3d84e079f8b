package import Checkpoints
package import Tensors

/// The coherence judge: which pixels of a picture are real, and which were made.
///
/// The layout is this project's own; docs/judges.md describes it.
package struct CoherenceConfiguration: Sendable, Equatable {
  package var vision: VisionTransformerConfiguration
  /// Channels of the convolutions that see every pixel.
  package var stemChannels: Int
  /// Cells along a patch's side; each has features of its own.
  package var cells: Int
  package var cellChannels: Int
  /// Width inside the part that turns a patch into its cells.
  package var headWidth: Int
  /// Width inside the part that judges a pixel.
  package var pixelWidth: Int
  package var pixels: PixelStatistics

  package init(
    vision: VisionTransformerConfiguration, stemChannels: Int = 16, cells: Int = 4,
    cellChannels: Int = 8, headWidth: Int = 128, pixelWidth: Int = 16,
    pixels: PixelStatistics = .symmetric
  ) {
    (self.vision, self.stemChannels, self.cells) = (vision, stemChannels, cells)
    (self.cellChannels, self.headWidth) = (cellChannels, headWidth)
    (self.pixelWidth, self.pixels) = (pixelWidth, pixels)
  }

  /// The small judge that is trained here: 128 pixels, patches of 8, about 1.9 million parameters
  /// and 1.25 GFLOP a picture.
  package static let embedded = CoherenceConfiguration(
    vision: VisionTransformerConfiguration(
      imageSize: 128, patchSize: 8, width: 192, layers: 4, heads: 6, hasClassToken: false))

  /// Random weights to train from.
  package func initialWeights(seed: UInt64) -> [String: Tensor] {
    var weights = InitialWeights(seed: seed)
    describe(&weights)
    return weights.tensors
  }

  /// Shapes of all weights.
  package var weightShapes: [String: [Int]] {
    var weights = InitialWeights()
    describe(&weights)
    return weights.shapes
  }

  private func describe(_ weights: inout InitialWeights) {
    weights.convolution("stem.conv1", from: 3, to: stemChannels, kernel: 3)
    weights.convolution("stem.conv2", from: stemChannels, to: stemChannels, kernel: 3)
    weights.linear("texture", from: stemChannels, to: vision.width)
    weights.visionTransformer("encoder", vision)
    weights.plainLinear("patch_head.fc1", from: vision.width, to: headWidth)
    weights.plainLinear("patch_head.fc2", from: headWidth, to: cells * cells * cellChannels)
    weights.plainLinear("pixel_head.fc1", from: stemChannels + cellChannels, to: pixelWidth)
    weights.plainLinear("pixel_head.fc2", from: pixelWidth, to: 1)
  }
}

// MARK: File

extension CoherenceConfiguration {
  /// Reads the members of a judge's `config.json` (docs/judges.md).
  package init(_ members: JSONObject, path: String) throws(ModelError) {
    var reader = ConfigurationReader(members, path: path, ignoring: ["reward_mean", "reward_std"])
    try reader.neutral("model_type", .string("coherence"))
    vision = try VisionTransformerConfiguration(&reader, hasClassToken: false)
    stemChannels = try reader.integer("stem_channels", in: 1...1024, default: 16)
    cells = try reader.integer("cells", in: 1...64, default: 4)
    cellChannels = try reader.integer("cell_channels", in: 1...1024, default: 8)
    headWidth = try reader.integer("head_width", in: 1...16384, default: 128)
    pixelWidth = try reader.integer("pixel_width", in: 1...16384, default: 16)
    pixels = try PixelStatistics(&reader)
    try reader.finish()
  }

  /// The judge's `config.json`.
  package var file: String {
    ConfigurationReader.file(
      [("model_type", "\"coherence\"")] + vision.members
        + [
          ("stem_channels", "\(stemChannels)"), ("cells", "\(cells)"),
          ("cell_channels", "\(cellChannels)"), ("head_width", "\(headWidth)"),
          ("pixel_width", "\(pixelWidth)"),
        ] + pixels.members)
  }
}
