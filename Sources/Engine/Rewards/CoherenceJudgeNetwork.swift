import Checkpoints
package import Imaging
import Models

/// The coherence model as a judge.
package struct CoherenceJudgeNetwork: PixelJudgeNetwork {
  private let model: CoherenceModel
  private let pixels: JudgePixels

  /// Loads a judge's folder.
  /// - Throws: `RewardError.unusable`, which names what is wrong.
  init(_ folder: JudgeFolder) throws(RewardError) {
    do {
      let configuration = try CoherenceConfiguration(
        folder.configuration, path: "\(folder.path)/config.json")
      model = try CoherenceModel(configuration: configuration, weights: try folder.weights())
      pixels = JudgePixels(side: configuration.vision.imageSize, configuration.pixels)
    } catch {
      throw RewardError(error, in: folder)
    }
  }

  package func rewards(of picture: FloatImage) throws -> CoherenceMap {
    // [1, side, side, 1]
    let logits = try model(pixels: try pixels.tensor(of: picture))
    let values = logits.values
    guard values.allSatisfy(\.isFinite) else { throw RewardError.notFinite(.coherence) }
    return try CoherenceMap(
      rewards: FloatImage(
        width: logits.shape[2], height: logits.shape[1], channels: 1, pixels: values))
  }
}
