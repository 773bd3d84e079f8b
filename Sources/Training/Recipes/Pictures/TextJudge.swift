import Checkpoints
import Foundation
import Imaging
import Models
import Rewards
import Tensors
import Tokenizers

/// A judge of picture and text that is being trained: its sizes, its words, and how both become
/// tensors.
struct TextJudge: Sendable {
  private(set) var configuration: BLIPRewardConfiguration
  let vocabulary: WordPieceVocabulary
  private let tokenizer: WordPieceTokenizer
  private var side: Int { configuration.vision.imageSize }

  init(_ network: NetworkSettings, vocabulary: WordPieceVocabulary) throws {
    self.vocabulary = vocabulary
    tokenizer = try WordPieceTokenizer(vocabulary: vocabulary)
    configuration = BLIPRewardConfiguration(
      vision: VisionTransformerConfiguration(
        imageSize: network.imageSize, patchSize: network.patch, width: network.width,
        layers: network.layers, heads: network.heads),
      text: BERTConfiguration(
        vocabularySize: tokenizer.vocabularySize, width: network.width,
        innerWidth: 2 * network.width, layers: network.textLayers, heads: network.textHeads,
        positions: network.textTokens, imageWidth: network.width),
      headWidths: [64, 16, 1], textLength: network.textTokens, view: network.view)
  }

  func initialWeights(seed: Int) -> [String: Tensor] {
    configuration.initialWeights(seed: UInt64(seed))
  }

  func network(_ weights: WeightStore) throws -> BLIPRewardModel {
    try BLIPRewardModel(configuration: configuration, weights: weights)
  }

  /// `[pictures, side, side, 3]`, normalised.
  func pixels(_ pictures: [BytePicture]) -> Tensor {
    Tensor(pictures, side: side, configuration.pixels)
  }

  /// The same of what the judge looks at of each, by the code that it is used with.
  func pixels(_ pictures: [EditedPicture]) throws -> Tensor {
    let input = configuration.judgePixels
    let seen = try inParallel(0..<pictures.count) { index in
      try input.tensor(of: pictures[index].picture.image, hole: pictures[index].hole)
    }
    return Tensor.concatenated(seen, axis: 0)
  }

  /// Texts cut and padded to what the judge reads, and how many of their tokens are real.
  func tokens(_ texts: [String]) -> (tokens: [[Int]], lengths: [Int]) {
    let encoded = texts.map { tokenizer.encode($0, maxLength: configuration.textLength) }
    return (encoded.map(\.ids), encoded.map(\.length))
  }

  /// Rewards of pictures, each with its own text, some at a time and off any tape.
  func rewards(
    _ network: BLIPRewardModel, _ pictures: [BytePicture], _ texts: [String]
  ) throws -> [Float] {
    try rewards(network, pictures.map { EditedPicture(picture: $0, hole: nil) }, texts)
  }

  /// The same of edits, of which the judge may look at the hole's surroundings alone.
  func rewards(
    _ network: BLIPRewardModel, _ pictures: [EditedPicture], _ texts: [String]
  ) throws -> [Float] {
    var rewards: [Float] = []
    for start in stride(from: 0, to: pictures.count, by: 32) {
      let part = start..<min(start + 32, pictures.count)
      let (tokens, lengths) = tokens(Array(texts[part]))
      rewards += try network(
        pixels: try pixels(Array(pictures[part])), tokens: tokens, lengths: lengths
      ).values
    }
    return rewards
  }

  /// Writes the judge's folder.
  /// - Parameter heldOut: rewards of held-out edits, which fix offset, scale and calibration.
  func write(_ weights: [String: Tensor], heldOut: [Float], to folder: String) throws {
    let scale = RewardScale(heldOut)
    var configuration = configuration
    configuration.rewardMean = Float(scale.mean)
    configuration.rewardDeviation = Float(scale.deviation)
    try JudgeFiles(folder: folder).write(
      weights, configuration: configuration.file, scale: scale,
      vocabulary: vocabulary.tokens)
  }
}

/// A picture and where it was edited.
struct EditedPicture: Sendable {
  let picture: BytePicture
  /// The box around what was edited; nil where nothing is known of it.
  let hole: PixelRect?
}
