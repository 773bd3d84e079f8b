import Checkpoints
package import Imaging
import Layers
package import Models
package import Tokenizers

/// A CLIP with what makes its inputs, to say how well a picture fits a text.
package struct CLIPMatcher: Sendable {
  package let model: CLIPModel
  package let preprocessor: JudgePreprocessor
  private let tokenizer: CLIPTokenizer

  /// Throws where the tokenizer knows tokens that the model has no embedding for.
  package init(
    model: CLIPModel, preprocessor: JudgePreprocessor, tokenizer: CLIPTokenizer
  ) throws(RewardError) {
    let known = model.configuration.text.vocabularySize
    guard tokenizer.vocabularySize <= known else {
      throw .unusable(
        path: "tokenizer",
        reason: "it has \(tokenizer.vocabularySize) tokens, the model \(known); name the "
          + "vocabulary that the model was trained with")
    }
    (self.model, self.preprocessor, self.tokenizer) = (model, preprocessor, tokenizer)
  }

  /// The cosine between the embeddings of a picture and a text, -1...1.
  package func cosine(_ picture: FloatImage, prompt: String) throws -> Double {
    let text = tokenizer.encode(prompt, maxLength: model.configuration.text.positions)
    // What follows the end of a text changes nothing, and costs time.
    let tokens = Array(text.ids.prefix(text.contentTokenCount + 2))
    let cosines = try model.cosines(pixels: try preprocessor(picture), tokens: [tokens])
    return Double(cosines.values[0])
  }
}

extension CLIPMatcher {
  /// Opens a published CLIP.
  ///
  /// - Parameters:
  ///   - path: a folder or file: see `CLIPCheckpoint`.
  ///   - tokenizer: a folder with `vocab.json` and `merges.txt`, or `tokenizer.json`; the
  ///     checkpoint's own folder where nil.
  ///   - preprocessor: made for the side of the model's pictures.
  init(
    path: String, tokenizer: String?, activation: Activation?,
    preprocessor: (Int) throws(RewardError) -> JudgePreprocessor
  ) throws {
    let checkpoint = try CLIPCheckpoint(path: path, activation: activation)
    try self.init(
      model: try checkpoint.model(),
      preprocessor: try preprocessor(checkpoint.configuration.vision.imageSize),
      tokenizer: try CLIPTokenizer(folder: tokenizer ?? path))
  }
}
