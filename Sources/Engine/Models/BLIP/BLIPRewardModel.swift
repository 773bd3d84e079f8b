package import Checkpoints
import Layers
package import Tensors

/// How well a picture follows a text, or pleases whoever asked for it, as one number: ImageReward's
/// network, at any size.
///
/// Source: Xu et al. 2023 (ImageReward), section 3.1.
package struct BLIPRewardModel: Sendable {
  package let configuration: BLIPRewardConfiguration
  private let vision: VisionTransformer
  private let text: BERTEncoder
  /// Linear layers with nothing between them: at training dropouts stand there.
  private let head: [Linear]

  /// Takes every tensor out of `weights`, by the names of ImageReward's checkpoint; throws for one
  /// that is missing, of another shape, or left over.
  package init(
    configuration: BLIPRewardConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    var weights = weights
    self.configuration = configuration
    vision = try VisionTransformer("blip.visual_encoder", configuration.vision, &weights)
    text = try BERTEncoder("blip.text_encoder", configuration.text, &weights)
    var width = configuration.text.width
    var head: [Linear] = []
    for (layer, outputs) in configuration.headWidths.enumerated() {
      let index = BLIPRewardConfiguration.headIndex(layer)
      head.append(try weights.linear("mlp.layers.\(index)", from: width, to: outputs))
      width = outputs
    }
    self.head = head
    try weights.finish()
  }

  /// Raw rewards, `[batch]`, before they are standardised.
  ///
  /// - Parameters:
  ///   - pixels: `[batch * frames, side, side, 3]`, normalised by the configuration's statistics; the
  ///     frames that its view shows of one picture follow each other.
  ///   - tokens: a text for every picture, padded to one length.
  ///   - lengths: how many of each text's tokens are real; padding changes nothing.
  package func callAsFunction(
    pixels: Tensor, tokens: [[Int]], lengths: [Int]
  ) throws(ModelError) -> Tensor {
    let frames = configuration.view.frames
    let image = try features(of: pixels)
    guard frames > 1 else { return try rewards(image: image, tokens: tokens, lengths: lengths) }
    return try rewards(
      image: image, tokens: tokens.flatMap { repeatElement($0, count: frames) },
      lengths: lengths.flatMap { repeatElement($0, count: frames) }
    ).reshaped([tokens.count, frames]).meanPerSample().reshaped([tokens.count])
  }

  /// What the picture half sees, `[pictures, image tokens, image width]`, the class token first: once
  /// for pictures that meet several texts.
  ///
  /// - Parameter pixels: `[pictures, side, side, 3]`, normalised by the configuration's statistics.
  package func features(of pixels: Tensor) throws(ModelError) -> Tensor {
    try vision(pixels)
  }

  /// What the text half makes of texts alone, `[texts, width]`: no layer looks at a picture.
  package func features(of tokens: [[Int]], lengths: [Int]) throws(ModelError) -> Tensor {
    try text(tokens: tokens, lengths: lengths)
  }

  /// Raw rewards, `[texts]`, of pictures that were seen already.
  ///
  /// - Parameter image: `[texts, image tokens, image width]`, a picture's features for every text.
  package func rewards(
    image: Tensor, tokens: [[Int]], lengths: [Int]
  ) throws(ModelError) -> Tensor {
    // The first token's state, [texts, width]
    var features = try text(tokens: tokens, lengths: lengths, image: image)
    for layer in head { features = layer(features) }
    return features.reshaped([tokens.count])
  }
}
