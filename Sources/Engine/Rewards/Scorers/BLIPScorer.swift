package import Imaging
package import Models
package import Tokenizers

/// BLIPScore: the cosine between BLIP's projections of a picture and a text, -1...1.
///
/// Source: Li et al. 2022 (BLIP), section 3.2; the image-reward package's `BLIPScore`.
package struct BLIPScorer: PictureScorer {
  private let model: BLIPRetrievalModel
  private let tokenizer: WordPieceTokenizer
  private let preprocessor: JudgePreprocessor

  /// Throws where the tokenizer knows tokens that the model has no embedding for.
  /// - Parameter preprocessor: of the code that the checkpoint comes with.
  package init(
    model: BLIPRetrievalModel, tokenizer: WordPieceTokenizer, preprocessor: JudgePreprocessor
  ) throws(RewardError) {
    try tokenizer.check(against: model.configuration.text.vocabularySize)
    (self.model, self.tokenizer, self.preprocessor) = (model, tokenizer, preprocessor)
  }

  /// Opens a checkpoint of the original, or a folder of transformers'.
  /// - Parameter vocabulary: a folder with BERT's `vocab.txt`.
  package init(path: String, vocabulary: String) throws {
    let (weights, architecture) = try BLIPCheckpoint.open(path)
    let configuration: BLIPRetrievalConfiguration
    let isOriginal = architecture == .blipRetrieval
    switch architecture {
    case .blipRetrieval:
      configuration = try BLIPRetrievalConfiguration(shapes: weights.shapes, path: path)
    case .blipRetrievalTransformers:
      configuration = try BLIPRetrievalConfiguration(besides: path)
    default:
      throw RewardError.unusable(path: path, reason: "it is no retrieval model of BLIP's")
    }
    let side = configuration.vision.imageSize
    try self.init(
      model: try BLIPRetrievalModel(configuration: configuration, weights: weights),
      tokenizer: try BLIPCheckpoint.tokenizer(vocabulary),
      preprocessor: isOriginal ? .openCLIP(side: side) : .blip(side: side))
  }

  package var name: String { "BLIPScore" }

  package func score(_ picture: FloatImage, prompt: String) throws -> Double {
    let tokens = tokenizer.unpadded(prompt, maxLength: model.configuration.textLength)
    let cosine = try model.similarity(
      pixels: try preprocessor(picture), tokens: [tokens], lengths: [tokens.count])
    return Double(cosine.values[0])
  }
}
