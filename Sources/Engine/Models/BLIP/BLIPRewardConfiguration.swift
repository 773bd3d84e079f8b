package import Tensors

/// A reward model of the BLIP family: picture, text that looks at it, and a head of linear layers.
///
/// Source: Xu et al. 2023 (ImageReward), section 3.1.
package struct BLIPRewardConfiguration: Sendable, Equatable {
  package var vision: VisionTransformerConfiguration
  package var text: BERTConfiguration
  /// What each of the head's layers gives, the last one 1.
  package var headWidths: [Int]
  /// Tokens that a text is cut or padded to.
  package var textLength: Int
  /// Of each channel, what is taken off a picture in 0...1 and what it is then divided by.
  package var pixels: PixelStatistics
  /// How much of an edited picture it was trained on.
  package var view: JudgeView
  /// What is taken off a raw reward, and what it is then divided by.
  package var rewardMean: Float
  package var rewardDeviation: Float

  package init(
    vision: VisionTransformerConfiguration, text: BERTConfiguration, headWidths: [Int],
    textLength: Int = 35, pixels: PixelStatistics = .clip, view: JudgeView = .picture,
    rewardMean: Float = 0, rewardDeviation: Float = 1
  ) {
    (self.vision, self.text, self.headWidths) = (vision, text, headWidths)
    (self.textLength, self.pixels) = (min(textLength, text.positions), pixels)
    self.view = view
    (self.rewardMean, self.rewardDeviation) = (rewardMean, rewardDeviation)
  }

  /// The small judges that are trained here: 128 pixels, width 192, about 3.4 million parameters.
  package static func embedded(vocabularySize: Int) -> BLIPRewardConfiguration {
    BLIPRewardConfiguration(
      vision: VisionTransformerConfiguration(
        imageSize: 128, patchSize: 16, width: 192, layers: 4, heads: 6),
      text: BERTConfiguration(
        vocabularySize: vocabularySize, width: 192, innerWidth: 384, layers: 3, heads: 6,
        positions: 35, imageWidth: 192),
      headWidths: [64, 16, 1])
  }

  /// Sizes as published for ImageReward v1.0: ViT-L/16 at 224 pixels and BERT base.
  package static let imageReward = BLIPRewardConfiguration(
    vision: VisionTransformerConfiguration(
      imageSize: 224, patchSize: 16, width: 1024, layers: 24, heads: 16),
    text: BERTConfiguration(
      vocabularySize: 30_524, width: 768, layers: 12, heads: 12, positions: 512, imageWidth: 1024),
    headWidths: [1024, 128, 64, 16, 1], rewardMean: 0.16717362830052426,
    rewardDeviation: 1.0333394966054072)

  /// Where the head's layers stand in its file: a dropout is counted behind each of the first three.
  static func headIndex(_ layer: Int) -> Int { layer + min(layer, 3) }

  /// A raw reward on the scale of the data that it was trained on.
  package func standardised(_ rewards: Tensor) -> Tensor {
    (rewards - rewardMean) / rewardDeviation
  }

  /// Random weights to train from, by the names of ImageReward's checkpoint.
  package func initialWeights(seed: UInt64) -> [String: Tensor] {
    var weights = InitialWeights(seed: seed)
    describe(&weights)
    return weights.tensors
  }

  /// Shapes of all weights by the same names.
  package var weightShapes: [String: [Int]] {
    var weights = InitialWeights()
    describe(&weights)
    return weights.shapes
  }

  private func describe(_ weights: inout InitialWeights) {
    weights.visionTransformer("blip.visual_encoder", vision)
    weights.bert("blip.text_encoder", text)
    var width = text.width
    for (layer, outputs) in headWidths.enumerated() {
      weights.plainLinear("mlp.layers.\(Self.headIndex(layer))", from: width, to: outputs)
      width = outputs
    }
  }
}
