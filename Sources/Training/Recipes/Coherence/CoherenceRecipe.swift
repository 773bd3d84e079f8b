package import Checkpoints
import Compute
import Datasets
import Losses
import Models
import Statistics
package import Tensors

/// R_gamma: which pixels of a picture are real and which were drawn.
///
/// Fakes are what an editor drew, smooth continuations and shifted textures; outside their hole they
/// are real. Real pixels pass through the editor's autoencoder half of the time, around fakes and
/// in whole pictures alike, or the judge would learn nothing but the autoencoder's blur.
///
/// Source: ByteEdit (Ren et al. 2024), section 3.2.
package struct CoherenceRecipe: Recipe {
  package var name: String { JudgeRecipe.coherence.rawValue }
  private let configuration: CoherenceConfiguration
  private let data: CoherenceData
  private let seed: Int
  private var side: Int { configuration.vision.imageSize }

  package init(_ configuration: RecipeConfiguration, _ sources: TrainingSources) throws {
    let network = configuration.network
    self.configuration = CoherenceConfiguration(
      vision: VisionTransformerConfiguration(
        imageSize: network.imageSize, patchSize: network.patch, width: network.width,
        layers: network.layers, heads: network.heads, hasClassToken: false))
    data = try CoherenceData(sources, seed: UInt64(configuration.run.seed))
    seed = configuration.run.seed
  }

  package func initialWeights() throws -> [String: Tensor] {
    configuration.initialWeights(seed: UInt64(seed))
  }

  package func loss(_ weights: WeightStore, samples: Range<Int>) throws -> RecipeLoss {
    let pictures = try inParallel(samples) { try data.trainingSample($0) }
    let network = try CoherenceModel(configuration: configuration, weights: weights)
    // [batch, side, side, 1]
    let logits = try network(pixels: pixels(pictures.map(\.picture)))
    let drawn = pictures.flatMap { $0.drawn.map { $0 == 0 ? 0 : Float(1) } }
    let labels = Tensor(drawn, shape: logits.shape)
    let right = zip(logits.values, drawn).reduce(0) { $0 + (($1.0 < 0) == ($1.1 > 0) ? 1 : 0) }
    return RecipeLoss(
      loss: try CoherenceLoss()(
        logits: logits, drawn: labels,
        weights: Tensor(CoherenceBalance(pictures).weights, shape: logits.shape)),
      accuracy: Double(right) / Double(drawn.count))
  }

  private func pixels(_ pictures: [BytePicture]) -> Tensor {
    Tensor(pictures, side: side, configuration.pixels)
  }

  package func evaluate(_ weights: WeightStore, samples: Int) throws -> HeldOutTable {
    let network = try CoherenceModel(configuration: configuration, weights: weights)
    var tally = CoherenceTally()
    for comparison in try data.comparisons(samples) {
      let maps = try logits(network, [comparison.real, comparison.fake])
      tally.add(comparison, real: maps[0], fake: maps[1])
    }
    return HeldOutTable(tally.rows(seed: 1))
  }

  /// Maps of logits, some pictures at a time.
  private func logits(_ network: CoherenceModel, _ pictures: [BytePicture]) throws -> [[Float]] {
    var maps: [[Float]] = []
    for start in stride(from: 0, to: pictures.count, by: 8) {
      let part = Array(pictures[start..<min(start + 8, pictures.count)])
      let values = try network(pixels: pixels(part)).values
      maps += part.indices.map { Array(values[$0 * side * side..<($0 + 1) * side * side]) }
    }
    return maps
  }

  package func write(_ weights: [String: Tensor], to folder: String) throws {
    let network = try CoherenceModel(
      configuration: configuration, weights: WeightStore(tensors: weights))
    let edits = data.heldOutEdits(400)
    let maps = try logits(network, edits.map(\.picture))
    let scale = RewardScale(zip(maps, edits).map { Self.mean($0, over: $1.drawn) })
    try JudgeFiles(folder: folder).write(
      weights, configuration: file(scale), scale: scale, vocabulary: nil)
  }

  /// R_gamma of a candidate: the mean over its hole.
  private static func mean(_ map: [Float], over hole: [UInt8]) -> Float {
    var (sum, count) = (0.0, 0)
    for (logit, coverage) in zip(map, hole) where coverage != 0 {
      sum += Double(logit)
      count += 1
    }
    return Float(sum / Double(max(count, 1)))
  }

  /// The network's configuration, and the scale of its rewards before its last brace.
  private func file(_ scale: RewardScale) -> String {
    let text = configuration.file
    guard let end = text.lastIndex(of: "}") else { return text }
    let body = text[..<end].trimmingSuffix { $0.isWhitespace }
    return body + ",\n  \"reward_mean\": \(scale.mean),\n  \"reward_std\": \(scale.deviation)\n}\n"
  }
}

extension Substring {
  fileprivate func trimmingSuffix(while matches: (Character) -> Bool) -> Substring {
    var rest = self
    while let last = rest.last, matches(last) { rest.removeLast() }
    return rest
  }
}
