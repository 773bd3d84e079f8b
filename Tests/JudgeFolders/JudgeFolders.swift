import Checkpoints
import Foundation
import Imaging
import Models
package import Rewards
import Tensors

/// Writes judges' folders with random weights, calibrated on noise: they judge nothing, but load,
/// compute and are measured as trained ones are.
package enum JudgeFolders {
  /// How large the networks are.
  package enum Size: String, Sendable {
    /// Milliseconds even in a debug build.
    case tiny
    /// As the embedded judges.
    case embedded
  }

  /// Writes `aesthetic`, `alignment` and `coherence` into a folder, which is made.
  package static func write(to path: String, size: Size = .tiny) throws {
    for (seed, judge) in JudgeKind.allCases.enumerated() {
      try write(judge, to: "\(path)/\(judge.rawValue)", size: size, seed: UInt64(seed + 1))
    }
  }

  /// Writes one judge's folder.
  package static func write(
    _ judge: JudgeKind, to path: String, size: Size = .tiny, seed: UInt64 = 1
  ) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let configuration: String
    if judge == .coherence {
      let coherence = size == .embedded ? .embedded : tinyCoherence
      try write(coherence.initialWeights(seed: seed), to: path)
      configuration = coherence.file
    } else {
      let reward =
        size == .embedded
        ? BLIPRewardConfiguration.embedded(vocabularySize: vocabulary.count) : tinyReward
      try write(reward.initialWeights(seed: seed), to: path)
      try put(vocabulary.joined(separator: "\n") + "\n", "\(path)/vocab.txt")
      configuration = reward.file
    }
    try calibrate(judge, configuration, path)
  }

  private static func write(_ weights: [String: Tensor], to path: String) throws {
    try SafetensorsWriter.write(weights, to: path + "/model.safetensors", as: .f16)
  }

  private static func put(_ text: String, _ path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// Standardises by what the judge says of noise, and takes its quantiles there.
  private static func calibrate(
    _ judge: JudgeKind, _ configuration: String, _ path: String
  ) throws {
    func describe(mean: Double, deviation: Double) throws {
      guard
        var members = try JSONSerialization.jsonObject(with: Data(configuration.utf8))
          as? [String: Any]
      else { return }
      (members["reward_mean"], members["reward_std"]) = (mean, deviation)
      let text = try JSONSerialization.data(withJSONObject: members, options: [.sortedKeys])
      try text.write(to: URL(fileURLWithPath: path + "/config.json"))
    }
    try describe(mean: 0, deviation: 1)
    let judges = Judges([try Judge(judge, folder: path)])
    let rewards = try (0..<24).map { round in
      try judges.score(noise(round), prompt: "a red apple").scores[judge]?.raw ?? 0
    }
    let mean = rewards.reduce(0, +) / 24
    let deviation = (rewards.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 24).squareRoot()
    try describe(mean: mean, deviation: max(deviation, 1e-6))
    let quantiles = (0...100).map { 8 * Double($0) / 100 - 4 }
    try put("{\"quantiles\": \(quantiles)}\n", "\(path)/calibration.json")
  }

  /// Blocks of random colours, more of them and stronger ones from round to round.
  private static func noise(_ round: Int) throws -> FloatImage {
    var state = UInt64(round) &* 0x9E37_79B9_7F4A_7C15 &+ 1
    let cells = 2 + round
    let pixels = (0..<cells * cells * 3).map { _ -> Float in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 24)
    }
    return try FloatImage(width: cells, height: cells, channels: 3, pixels: pixels)
      .resized(width: 48, height: 48, filter: .bilinear)
  }

  // MARK: Sizes

  private static let tinyCoherence = CoherenceConfiguration(
    vision: VisionTransformerConfiguration(
      imageSize: 32, patchSize: 8, width: 32, layers: 1, heads: 2, hasClassToken: false),
    stemChannels: 8, headWidth: 16, pixelWidth: 8)

  private static let tinyReward = BLIPRewardConfiguration(
    vision: VisionTransformerConfiguration(
      imageSize: 32, patchSize: 8, width: 32, layers: 1, heads: 2),
    text: BERTConfiguration(
      vocabularySize: vocabulary.count, width: 32, innerWidth: 64, layers: 1, heads: 2,
      positions: 16, imageWidth: 32), headWidths: [8, 1])

  /// Letters, so that every word has its pieces, and a few words.
  private static let vocabulary: [String] = {
    let letters = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { String(UnicodeScalar($0)) }
    return ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + letters + letters.map { "##" + $0 }
      + ["red", "green", "blue", "apple", "tree", "mushroom", "balloon"]
  }()
}
