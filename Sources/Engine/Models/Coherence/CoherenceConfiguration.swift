package import Checkpoints
package import Tensors

/// The coherence judge: which pixels of a picture are real, and which were made.
///
/// The layout is this project's own; docs/judges.md describes it.
package struct CoherenceConfiguration: Sendable, Equatable {
  /// Patches are a power of two of pixels wide, at least two.
  package var vision: VisionTransformerConfiguration
  /// Channels of the convolution that sees every pixel; each halving of the size doubles them.
  package var stemChannels: Int
  /// Groups that channels are normalised in; divides `stemChannels`.
  package var groups: Int
  /// Width inside the part that turns a patch into the coarsest level of the map.
  package var headWidth: Int
  /// Width inside the part that judges a pixel.
  package var pixelWidth: Int
  package var pixels: PixelStatistics

  package init(
    vision: VisionTransformerConfiguration, stemChannels: Int = 16, groups: Int = 4,
    headWidth: Int = 128, pixelWidth: Int = 16, pixels: PixelStatistics = .symmetric
  ) {
    (self.vision, self.stemChannels, self.groups) = (vision, stemChannels, groups)
    (self.headWidth, self.pixelWidth, self.pixels) = (headWidth, pixelWidth, pixels)
  }

  /// The small judge that is trained here: 128 pixels and patches of 8.
  package static let embedded = CoherenceConfiguration(
    vision: VisionTransformerConfiguration(
      imageSize: 128, patchSize: 8, width: 192, layers: 2, heads: 6, hasClassToken: false))

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
    for level in 0...levels {
      weights.convolution(
        "stem.conv\(level)", from: stemInputs(level), to: stemChannels(level), kernel: 3)
      weights.normalization("stem.norm\(level)", width: stemChannels(level))
    }
    weights.plainLinear("texture", from: stemChannels(levels), to: vision.width)
    weights.visionTransformer("encoder", vision)
    weights.plainLinear("patch_head.fc1", from: vision.width, to: headWidth)
    weights.plainLinear("patch_head.fc2", from: headWidth, to: mapChannels(levels))
    for level in (1..<levels).reversed() {
      weights.convolution(
        "map.conv\(level)", from: mapInputs(level), to: mapChannels(level), kernel: 3)
      weights.normalization("map.norm\(level)", width: mapChannels(level))
    }
    weights.plainLinear("pixel_head.fc1", from: mapInputs(0), to: pixelWidth)
    weights.plainLinear("pixel_head.fc2", from: pixelWidth, to: 1)
  }
}

// MARK: Levels

extension CoherenceConfiguration {
  /// How often the stem halves the picture until a patch is one pixel.
  var levels: Int { max(1, vision.patchSize.trailingZeroBitCount) }

  func stemChannels(_ level: Int) -> Int { stemChannels << level }
  func stemInputs(_ level: Int) -> Int { level == 0 ? 3 : stemChannels(level - 1) }

  /// What a level of the map has, from `levels`, the patches' own, down to 1.
  func mapChannels(_ level: Int) -> Int { stemChannels << (level - 1) }
  /// The next coarser level's channels and the stem's.
  func mapInputs(_ level: Int) -> Int { mapChannels(level + 1) + stemChannels(level) }

  private func check(path: String) throws(ModelError) {
    guard vision.patchSize > 1, vision.patchSize.nonzeroBitCount == 1 else {
      throw .inconsistent(
        path: path, key: "patch_size", reason: "\(vision.patchSize) is no power of two above 1")
    }
    guard stemChannels % groups == 0 else {
      throw .inconsistent(
        path: path, key: "norm_groups", reason: "\(groups) does not divide \(stemChannels)")
    }
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
    groups = try reader.integer("norm_groups", in: 1...1024, default: 4)
    headWidth = try reader.integer("head_width", in: 1...16384, default: 128)
    pixelWidth = try reader.integer("pixel_width", in: 1...16384, default: 16)
    pixels = try PixelStatistics(&reader)
    try reader.finish()
    try check(path: path)
  }

  /// The judge's `config.json`.
  package var file: String {
    ConfigurationReader.file(
      [("model_type", "\"coherence\"")] + vision.members
        + [
          ("stem_channels", "\(stemChannels)"), ("norm_groups", "\(groups)"),
          ("head_width", "\(headWidth)"), ("pixel_width", "\(pixelWidth)"),
        ] + pixels.members)
  }
}
