package import Checkpoints
import Layers
package import Tensors

/// A map of logits, positive where a pixel looks real: a vision transformer sees what is where, two
/// convolutions see the grain of every pixel, and a small network at each pixel weighs both.
///
/// Patches become several cells each, and cells are interpolated, so that the map has no blocks.
package struct CoherenceModel: Sendable {
  package let configuration: CoherenceConfiguration
  private let grain1: Convolution2D
  private let grain2: Convolution2D
  private let texture: Linear
  private let encoder: VisionTransformer
  private let patch1: Linear
  private let patch2: Linear
  private let pixel1: Linear
  private let pixel2: Linear

  /// Takes every tensor out of `weights`; throws for one that is missing, of another shape, or
  /// left over.
  package init(
    configuration: CoherenceConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    var weights = weights
    self.configuration = configuration
    let (stem, width) = (configuration.stemChannels, configuration.vision.width)
    let (cells, channels) = (configuration.cells, configuration.cellChannels)
    grain1 = try weights.convolution("stem.conv1", from: 3, to: stem)
    grain2 = try weights.convolution("stem.conv2", from: stem, to: stem)
    texture = try weights.linear("texture", from: stem, to: width)
    encoder = try VisionTransformer("encoder", configuration.vision, &weights)
    patch1 = try weights.linear("patch_head.fc1", from: width, to: configuration.headWidth)
    patch2 = try weights.linear(
      "patch_head.fc2", from: configuration.headWidth, to: cells * cells * channels)
    pixel1 = try weights.linear(
      "pixel_head.fc1", from: stem + channels, to: configuration.pixelWidth)
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
    // [batch, side, side, stem]
    let grain = grain2(grain1(pixels, activation: .silu), activation: .silu)
    let cells = try cells(pixels, texture: averageGrain(grain))
    // [batch, side, side, stem + cell channels]
    let seen = Tensor.concatenated(
      [grain, resizedBilinear(cells, height: side, width: side)], axis: 3)
    return pixel2(pixel1(seen, activation: .silu))
  }

  /// How much grain of each kind a patch has, `[batch, patches, width]`.
  private func averageGrain(_ grain: Tensor) -> Tensor {
    let means = averagePooled(grain, size: configuration.vision.patchSize)
    return texture(means.reshaped([grain.shape[0], -1, configuration.stemChannels]))
  }

  /// Features of parts of patches, `[batch, grid * cells, grid * cells, cell channels]`.
  private func cells(_ pixels: Tensor, texture: Tensor) throws(ModelError) -> Tensor {
    let (grid, cells) = (configuration.vision.grid, configuration.cells)
    let patches = try encoder(pixels, adding: texture)
    // [batch, grid row, grid column, cell row, cell column, channels], rows then brought together
    return patch2(patch1(patches, activation: .gelu))
      .reshaped([pixels.shape[0], grid, grid, cells, cells, configuration.cellChannels])
      .transposed([0, 1, 3, 2, 4, 5])
      .reshaped([pixels.shape[0], grid * cells, grid * cells, configuration.cellChannels])
  }
}
