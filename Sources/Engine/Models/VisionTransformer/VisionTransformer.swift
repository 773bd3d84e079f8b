package import Checkpoints
import Layers
package import Tensors

/// A vision transformer: patches, learnt positions, pre-norm blocks and a last normalisation.
///
/// Tensors have the names of timm's `vision_transformer`, which BLIP and its descendants keep.
/// Source: Dosovitskiy et al. 2021, section 3.1; Li et al. 2022 (BLIP), section 3.1.
package struct VisionTransformer: Sendable {
  package let configuration: VisionTransformerConfiguration
  private let patches: Convolution2D
  /// Stands before the patches, `[1, 1, width]`.
  private let classToken: Tensor?
  /// One row for every token, `[1, tokens, width]`.
  private let positions: Tensor
  private let blocks: [VisionTransformerBlock]
  private let normalization: LayerNormalization

  /// Takes the tensors whose names begin with a prefix and a point; positions of another grid are
  /// interpolated.
  package init(
    _ name: String, _ configuration: VisionTransformerConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    self.configuration = configuration
    let (width, size) = (configuration.width, configuration.patchSize)
    patches = try weights.convolution(
      "\(name).patch_embed.proj", from: 3, to: width, kernel: size, stride: size, padding: .none)
    classToken =
      configuration.hasClassToken
      ? try weights.table("\(name).cls_token", shape: [1, 1, width]) : nil
    positions = try PositionGrid.take("\(name).pos_embed", configuration, &weights)
    var blocks: [VisionTransformerBlock] = []
    for index in 0..<configuration.layers {
      blocks.append(
        try VisionTransformerBlock("\(name).blocks.\(index)", configuration, &weights))
    }
    self.blocks = blocks
    normalization = try weights.layerNormalization(
      "\(name).norm", width: width, epsilon: configuration.epsilon)
  }

  /// `[batch, side, side, 3]` to `[batch, tokens, width]`, the class token first where there is one;
  /// throws for a picture of another size.
  ///
  /// - Parameter features: `[batch, patches, width]`, added to the patches.
  package func callAsFunction(
    _ pixels: Tensor, adding features: Tensor? = nil
  ) throws(ModelError) -> Tensor {
    let side = configuration.imageSize
    guard pixels.shape.rank == 4, pixels.count > 0,
      pixels.shape.extents.dropFirst() == [side, side, 3]
    else {
      throw .invalidInput(
        model: "VisionTransformer",
        reason: "pictures \(pixels.shape), not [batch, \(side), \(side), 3]")
    }
    let batch = pixels.shape[0]
    // [batch, grid, grid, width] to [batch, patches, width]
    var hidden = patches(pixels).reshaped([batch, -1, configuration.width])
    if let features { hidden = hidden + features }
    if let classToken {
      let first = classToken.broadcast(to: [batch, 1, configuration.width])
      hidden = Tensor.concatenated([first, hidden], axis: 1)
    }
    hidden = hidden + positions
    for block in blocks { hidden = block(hidden) }
    return normalization(hidden)
  }
}
