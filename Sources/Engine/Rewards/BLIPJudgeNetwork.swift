import Checkpoints
package import Imaging
package import Models
import Tokenizers

/// A reward model of the BLIP family with its vocabulary.
package struct BLIPJudgeNetwork: PictureJudgeNetwork {
  private let model: BLIPRewardModel
  private let tokenizer: WordPieceTokenizer
  private let pixels: JudgePixels

  /// Loads a judge's folder.
  /// - Throws: `RewardError.unusable`, which names what is wrong.
  init(_ folder: JudgeFolder) throws(RewardError) {
    do {
      let configuration = try BLIPRewardConfiguration(
        folder.configuration, path: "\(folder.path)/config.json")
      model = try BLIPRewardModel(configuration: configuration, weights: try folder.weights())
      tokenizer = try WordPieceTokenizer(
        vocabulary: try WordPieceVocabulary(folder: folder.path))
      pixels = configuration.judgePixels
    } catch {
      throw RewardError(error, in: folder)
    }
    guard tokenizer.vocabularySize <= model.configuration.text.vocabularySize else {
      throw .unusable(
        path: folder.path,
        reason: "vocab.txt has \(tokenizer.vocabularySize) tokens, the model embeds "
          + "\(model.configuration.text.vocabularySize); the two do not belong together")
    }
  }

  package func reward(
    of picture: FloatImage, hole: PixelRect?, text: String
  ) throws -> Double {
    let tokens = tokenizer.unpadded(text, maxLength: model.configuration.textLength)
    let reward = try model(
      pixels: try pixels.tensor(of: picture, hole: hole), tokens: [tokens], lengths: [tokens.count])
    return Double(reward.values[0])
  }
}

extension BLIPRewardConfiguration {
  /// How pictures become the judge's input, the same in training and in use.
  package var judgePixels: JudgePixels {
    JudgePixels(side: vision.imageSize, pixels, view: view)
  }
}
