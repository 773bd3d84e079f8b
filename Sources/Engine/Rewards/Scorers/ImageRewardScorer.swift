package import Imaging
package import Models
package import Tokenizers

/// ImageReward: which picture people prefer for a prompt, standardised over its authors' data; or another
/// network of its kind.
///
/// Source: Xu et al. 2023, section 3, and the image-reward package.
package struct ImageRewardScorer: PictureScorer {
  private let model: BLIPRewardModel
  private let tokenizer: WordPieceTokenizer
  private let preprocessor: JudgePreprocessor

  /// Throws where the tokenizer knows tokens that the model has no embedding for.
  package init(model: BLIPRewardModel, tokenizer: WordPieceTokenizer) throws(RewardError) {
    try tokenizer.check(against: model.configuration.text.vocabularySize)
    (self.model, self.tokenizer) = (model, tokenizer)
    preprocessor = .openCLIP(side: model.configuration.vision.imageSize)
  }

  /// Opens the published file.
  /// - Parameter vocabulary: a folder with BERT's `vocab.txt`, which the file does not carry.
  package init(path: String, vocabulary: String) throws {
    let (weights, architecture) = try BLIPCheckpoint.open(path)
    guard architecture == .imageReward || architecture == .blipReward else {
      throw RewardError.unusable(path: path, reason: "it is no reward model of ImageReward's kind")
    }
    let configuration = try BLIPRewardConfiguration(shapes: weights.shapes, path: path)
    try self.init(
      model: try BLIPRewardModel(configuration: configuration, weights: weights),
      tokenizer: try BLIPCheckpoint.tokenizer(vocabulary))
  }

  package var name: String {
    model.configuration == .imageReward ? "ImageReward" : "reward model of ImageReward's kind"
  }

  package func score(_ picture: FloatImage, prompt: String) throws -> Double {
    let tokens = tokenizer.unpadded(prompt, maxLength: model.configuration.textLength)
    let reward = try model(
      pixels: try preprocessor(picture), tokens: [tokens], lengths: [tokens.count])
    return Double(model.configuration.standardised(reward).values[0])
  }
}
