package import Checkpoints
import Layers
package import Tensors

/// BLIP's two answers to whether a picture and a text belong together: by looking at both at once
/// (image-text matching), and by the angle between their projections (image-text contrast).
///
/// Source: Li et al. 2022 (BLIP), section 3.2; transformers' `BlipForImageTextRetrieval`.
package struct BLIPRetrievalModel: Sendable {
  package let configuration: BLIPRetrievalConfiguration
  private let vision: VisionTransformer
  private let text: BERTEncoder
  private let visionProjection: Linear
  private let textProjection: Linear
  private let matchingHead: Linear

  /// Takes every tensor out of `weights`, by `WeightNaming.blipRetrieval`; throws for one that is
  /// missing, of another shape, or left over.
  package init(
    configuration: BLIPRetrievalConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    var weights = weights
    self.configuration = configuration
    let width = configuration.projectionWidth
    vision = try VisionTransformer("visual_encoder", configuration.vision, &weights)
    text = try BERTEncoder("text_encoder", configuration.text, &weights)
    visionProjection = try weights.linear(
      "vision_proj", from: configuration.vision.width, to: width)
    textProjection = try weights.linear("text_proj", from: configuration.text.width, to: width)
    matchingHead = try weights.linear("itm_head", from: configuration.text.width, to: 2)
    try weights.finish()
  }

  /// Logits of not belonging and of belonging together, `[batch, 2]`.
  ///
  /// - Parameters:
  ///   - pixels: `[batch, side, side, 3]`, normalised by the configuration's statistics.
  ///   - tokens: a text for every picture, padded to one length. The original puts `[ENC]` where
  ///     `[CLS]` stands; transformers does not.
  ///   - lengths: how many of each text's tokens are real; padding changes nothing.
  package func matching(
    pixels: Tensor, tokens: [[Int]], lengths: [Int]
  ) throws(ModelError) -> Tensor {
    matchingHead(try text(tokens: tokens, lengths: lengths, image: try vision(pixels)))
  }

  /// The cosine of each picture's angle to its own text, `[batch]`.
  package func similarity(
    pixels: Tensor, tokens: [[Int]], lengths: [Int]
  ) throws(ModelError) -> Tensor {
    let image = visionProjection(try vision(pixels).slice(0..<1, axis: 1))
      .reshaped([pixels.shape[0], configuration.projectionWidth])
    let words = textProjection(try text(tokens: tokens, lengths: lengths))
    guard image.shape == words.shape else {
      throw .invalidInput(
        model: "BLIPRetrievalModel", reason: "\(image.shape[0]) pictures, \(tokens.count) texts")
    }
    return (Self.unit(image) * Self.unit(words)).sum(axes: [1]).reshaped([tokens.count])
  }

  /// Rows of length 1, or shorter where they were next to nothing (torch's `normalize`).
  private static func unit(_ x: Tensor) -> Tensor {
    x / Tensor.maximum(x.squared().sum(axes: [1]).squareRoot(), Tensor(1e-12))
  }
}
