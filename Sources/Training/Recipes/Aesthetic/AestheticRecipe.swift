package import Checkpoints
import Compute
import Datasets
import Imaging
import Losses
import Models
import Optimizers
import Statistics
package import Tensors

/// R_alpha: which of two pictures of one prompt is better.
///
/// Some pairs are what an editor drew, ranked by votes or by the oracle's training terms, or softened;
/// the others are pictures and what controlled damage makes of them, so that the judge can be trained
/// before there is an editor.
///
/// Source: ByteEdit (Ren et al. 2024), section 3.2; Xu et al. 2023 (ImageReward), section 2.3.
package struct AestheticRecipe: Recipe {
  package var name: String { JudgeRecipe.aesthetic.rawValue }
  private let judge: TextJudge
  private let data: AestheticData
  private let seed: Int

  package init(_ configuration: RecipeConfiguration, _ sources: TrainingSources) throws {
    judge = try TextJudge(configuration.network, vocabulary: sources.vocabulary)
    data = AestheticData(sources, seed: UInt64(configuration.run.seed))
    seed = configuration.run.seed
  }

  package func initialWeights() throws -> [String: Tensor] { judge.initialWeights(seed: seed) }

  package func loss(_ weights: WeightStore, samples: Range<Int>) throws -> RecipeLoss {
    let pairs = try inParallel(samples) { try data.trainingPair($0) }
    let count = pairs.count
    // The better pictures first, then the worse ones, each with the prompt of its pair.
    let (tokens, lengths) = judge.tokens(pairs.map(\.prompt) + pairs.map(\.prompt))
    let rewards = try judge.network(weights)(
      pixels: try judge.pixels(Self.pictures(of: pairs)), tokens: tokens, lengths: lengths)
    let (better, worse) = (
      rewards.slice(0..<count, axis: 0), rewards.slice(count..<2 * count, axis: 0)
    )
    var accuracy = PairAccuracy()
    for (better, worse) in zip(better.values, worse.values) {
      accuracy.add(better: Double(better), worse: Double(worse))
    }
    let doubt = Tensor(pairs.map(\.doubt), shape: better.shape)
    return RecipeLoss(
      loss: try BradleyTerryLoss()(better: better, worse: worse, doubt: doubt),
      accuracy: accuracy.value ?? 0)
  }

  /// All better ones, then all worse ones.
  private static func pictures(of pairs: [AestheticPair]) -> [EditedPicture] {
    (0..<2).flatMap { side in pairs.map { $0.pictures[side] } }
  }

  package func evaluate(_ weights: WeightStore, samples: Int) throws -> HeldOutTable {
    let network = try judge.network(weights)
    let pairs = try data.heldOutPairs(samples)
    let rewards = try judge.rewards(
      network, Self.pictures(of: pairs), pairs.map(\.prompt) + pairs.map(\.prompt))
    var (whole, kinds) = (PairTally(), PairTally())
    for (index, pair) in pairs.enumerated() {
      let (better, worse) = (rewards[index], rewards[index + pairs.count])
      whole.add(pair.group, better: better, worse: worse, clusters: pair.clusters)
      kinds.add(pair.kind, better: better, worse: worse, clusters: pair.clusters)
    }
    let rows = whole.rows(seed: 1)
    return HeldOutTable(
      rows + kinds.rows(seed: 1).filter { row in !rows.map(\.name).contains(row.name) })
  }

  package func write(_ weights: [String: Tensor], to folder: String) throws {
    let network = try judge.network(WeightStore(tensors: weights))
    let edits = try data.heldOutEdits(400)
    try judge.write(
      weights, heldOut: try judge.rewards(network, edits.map(\.picture), edits.map(\.prompt)),
      to: folder)
  }
}
