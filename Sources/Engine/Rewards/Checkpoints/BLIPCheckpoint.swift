import Checkpoints
import Models
import Tokenizers

/// Published checkpoints of the BLIP family.
enum BLIPCheckpoint {
  /// Weights by the names that the models ask for, and whose they are.
  static func open(_ path: String) throws -> (WeightStore, RewardArchitecture) {
    var weights = try WeightStore(judge: path)
    guard let architecture = RewardArchitecture.recognise(weights.shapes) else {
      throw RewardError.unusable(path: path, reason: "its tensors are those of no BLIP")
    }
    let named = weights.split(architecture.naming.canonical)
    let unknown = weights.unread.filter { architecture.naming.canonical($0) != nil }
    guard unknown.isEmpty else {
      throw CheckpointError.unexpectedTensors(path: path, tensors: unknown)
    }
    return (named, architecture)
  }

  static func tokenizer(_ folder: String) throws -> WordPieceTokenizer {
    try WordPieceTokenizer(vocabulary: try WordPieceVocabulary(folder: folder))
  }
}

extension BLIPRetrievalConfiguration {
  /// Reads the `config.json` of a checkpoint of transformers'.
  init(besides path: String) throws {
    let path = configurationPath(of: path)
    try self.init(try JSONFile.object(at: path), path: path)
  }
}

extension WordPieceTokenizer {
  /// Throws where a model has no embedding for the last of the tokens.
  func check(against embedded: Int) throws(RewardError) {
    guard vocabularySize <= embedded else {
      throw .unusable(
        path: "vocab.txt",
        reason: "it has \(vocabularySize) tokens, the model embeds \(embedded); name the "
          + "vocabulary that the model was trained with")
    }
  }

  /// A text's tokens without padding, which changes nothing and costs time.
  func unpadded(_ text: String, maxLength: Int) -> [Int] {
    let encoded = encode(text, maxLength: maxLength)
    return Array(encoded.ids.prefix(encoded.contentTokenCount + 2))
  }
}
