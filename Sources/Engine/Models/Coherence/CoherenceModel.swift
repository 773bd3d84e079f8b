package import Checkpoints
import Layers
package import Tensors

/// A map of logits, positive where a pixel looks real: convolutions see the grain of every pixel and
/// of ever wider surroundings, a vision transformer sees what is where, and on the way back to full
/// size each level is weighed against the grain of its own scale.
package struct CoherenceModel: Sendable {
  package let configuration: CoherenceConfiguration
  /// Full size first; each of the others halves its input.
  private let stem: [NormalizedConvolution]
  private let texture: Linear
  private let encoder: VisionTransformer
  private let patch1: Linear
  private let patch2: Linear
  /// From the coarsest level but one to that of half the size.
  private let map: [NormalizedConvolution]
  private let pixel1: Linear
  private let pixel2: Linear

  /// Takes every tensor out of `weights`; throws for one that is missing, of another shape, or
  /// left over.
  package init(
    configuration: CoherenceConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    var weights = weights
    self.configuration = configuration
    let (levels, width) = (configuration.levels, configuration.vision.width)
    var stem: [NormalizedConvolution] = []
    for level in 0...levels {
      stem.append(
        try NormalizedConvolution(
          "stem", level, from: configuration.stemInputs(level),
          to: configuration.stemChannels(level), configuration, stride: level == 0 ? 1 : 2,
          &weights))
    }
    self.stem = stem
    texture = try weights.linear(
      "texture", from: configuration.stemChannels(levels), to: width)
    encoder = try VisionTransformer("encoder", configuration.vision, &weights)
    patch1 = try weights.linear("patch_head.fc1", from: width, to: configuration.headWidth)
    patch2 = try weights.linear(
      "patch_head.fc2", from: configuration.headWidth, to: configuration.mapChannels(levels))
    var map: [NormalizedConvolution] = []
    for level in (1..<levels).reversed() {
      map.append(
        try NormalizedConvolution(
          "map", level, from: configuration.mapInputs(level),
          to: configuration.mapChannels(level), configuration, &weights))
    }
    self.map = map
    pixel1 = try weights.linear(
      "pixel_head.fc1", from: configuration.mapInputs(0), to: configuration.pixelWidth)
    pixel2 = try weights.linear("pixel_head.fc2", from: configuration.pixelWidth, to: 1)
    try weights.finish()
  }

  /// Logits of being real, `[batch, side, side, 1]`.
  ///
  /// - Parameter pixels: `[batch, side, side, 3]`, normalised by the configuration's statistics;
  ///   throws for another side than the configuration's.
  package func callAsFunction(pixels: Tensor) throws(ModelError) -> Tensor {
    let side = configuration.vision.imageSize
    guard pixels.shape.rank == 4, pixels.count > 0,
      pixels.shape.extents.dropFirst() == [side, side, 3]
    else {
      throw .invalidInput(
        model: "CoherenceModel",
        reason: "pictures \(pixels.shape), not [batch, \(side), \(side), 3]")
    }
    // Level by level [batch, side / 2^level, side / 2^level, channels].
    var grains: [Tensor] = []
    for layer in stem { grains.append(layer(grains.last ?? pixels)) }
    var seen = try patches(pixels, grains[configuration.levels])
    for (layer, grain) in zip(map, grains[..<configuration.levels].reversed()) {
      seen = layer(joined(seen, grain))
    }
    return pixel2(pixel1(joined(seen, grains[0]), activation: .silu))
  }

  /// What the transformer makes of every patch, `[batch, grid, grid, channels]`.
  private func patches(_ pixels: Tensor, _ grain: Tensor) throws(ModelError) -> Tensor {
    let grid = configuration.vision.grid
    let features = texture(grain).reshaped([pixels.shape[0], -1, configuration.vision.width])
    return patch2(patch1(try encoder(pixels, adding: features), activation: .gelu))
      .reshaped([pixels.shape[0], grid, grid, -1])
  }

  /// A coarse level interpolated to a finer one's size, and that one's grain behind it.
  private func joined(_ coarse: Tensor, _ grain: Tensor) -> Tensor {
    Tensor.concatenated(
      [resizedBilinear(coarse, height: grain.shape[1], width: grain.shape[2]), grain], axis: 3)
  }
}

/// A convolution 3x3, group normalisation and SiLU.
private struct NormalizedConvolution: Sendable {
  private let convolution: Convolution2D
  private let normalization: GroupNormalization

  init(
    _ part: String, _ level: Int, from inputs: Int, to outputs: Int,
    _ configuration: CoherenceConfiguration, stride: Int = 1, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    convolution = try weights.convolution(
      "\(part).conv\(level)", from: inputs, to: outputs, stride: stride)
    normalization = try weights.groupNormalization(
      "\(part).norm\(level)", channels: outputs, groups: configuration.groups, epsilon: 1e-5,
      activation: .silu)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { normalization(convolution(x)) }
}
