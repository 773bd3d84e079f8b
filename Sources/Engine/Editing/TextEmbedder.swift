import Checkpoints
import Compute
import Models
import Tensors
import Tokenizers

/// Turns texts into points: the text encoder's last hidden state at the end token, as CLIP pools.
///
/// Source: Radford et al. 2021, section 2.4.
package struct TextEmbedder: Sendable {
  private let tokenizer: CLIPTokenizer
  private let encoder: CLIPTextModel

  /// - Parameter path: an editor's folder with `tokenizer/` and `text_encoder/`, or a text encoder's
  ///   own with the tokenizer's files beside its `config.json`.
  /// - Throws: the error of the part that cannot be read.
  package init(folder path: String) throws {
    let isWhole = (try? ModelFolder(path: path)) != nil
    let encoderPath = isWhole ? "\(path)/text_encoder" : path
    let configurationPath = "\(encoderPath)/config.json"
    tokenizer = try CLIPTokenizer(folder: isWhole ? "\(path)/tokenizer" : path)
    encoder = try CLIPTextModel(
      configuration: CLIPTextConfiguration(
        try JSONFile.object(at: configurationPath), path: configurationPath),
      weights: try WeightStore(folder: encoderPath, naming: .textEncoder))
    let embedded = encoder.configuration.vocabularySize
    guard tokenizer.vocabularySize <= embedded else {
      throw EditError.model(
        "the tokenizer has \(tokenizer.vocabularySize) tokens, the text encoder embeds "
          + "\(embedded); the two do not belong together")
    }
  }

  /// Numbers of one embedding.
  package var width: Int { encoder.configuration.width }

  /// An embedding of every text, `[texts, width]`; texts that are too long lose their end.
  package func callAsFunction(_ texts: [String], batch: Int = 64) throws -> [Float] {
    var values: [Float] = []
    values.reserveCapacity(texts.count * width)
    for start in stride(from: 0, to: texts.count, by: max(1, batch)) {
      let prompts = texts[start..<min(texts.count, start + max(1, batch))].map {
        tokenizer.encode($0, maxLength: encoder.configuration.positions)
      }
      let hidden = try encoder(tokens: prompts.map(\.ids)).values
      let length = prompts[0].ids.count
      for (index, prompt) in prompts.enumerated() {
        // Begin and content come before the end token.
        let end = (index * length + prompt.contentTokenCount + 1) * width
        values.append(contentsOf: hidden[end..<end + width])
      }
    }
    return values
  }
}
