import Checkpoints
import Foundation
import Statistics
import Tensors

/// The offset and scale of a judge's rewards, and where each hundredth of held-out edits lies.
struct RewardScale {
  let mean: Double
  let deviation: Double
  /// Standardised rewards at 0%, 1% and so on up to 100%.
  let quantiles: [Double]

  init(_ rewards: [Float]) {
    let moments = Moments(rewards.map(Double.init))
    // As the judge's file holds them.
    let (mean, deviation) = (
      Double(Float(moments.mean)), Double(Float(max(moments.deviation, 1e-6)))
    )
    self.mean = mean
    self.deviation = deviation
    quantiles =
      Quantiles(rewards.map { (Double($0) - mean) / deviation })?.evenlySpaced(parts: 100) ?? []
  }
}

/// Writes the folder of a judge: `config.json`, `model.safetensors`, `calibration.json`, and
/// `vocab.txt` for judges that read.
struct JudgeFiles {
  let folder: String

  /// Weights are written in half precision.
  func write(
    _ weights: [String: Tensor], configuration: String, scale: RewardScale, vocabulary: [String]?
  ) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try SafetensorsWriter.write(weights, to: "\(folder)/model.safetensors", as: .f16)
    try write(configuration, to: "config.json")
    let numbers = scale.quantiles.map { "\($0)" }.joined(separator: ", ")
    try write("{\"quantiles\": [\(numbers)]}\n", to: "calibration.json")
    guard let vocabulary else { return }
    try write(vocabulary.joined(separator: "\n") + "\n", to: "vocab.txt")
  }

  private func write(_ text: String, to name: String) throws {
    try RunFolder(folder).write(text, to: "\(folder)/\(name)")
  }
}
