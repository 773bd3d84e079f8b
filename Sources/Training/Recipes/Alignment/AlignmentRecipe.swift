package import Checkpoints
import Datasets
import Losses
import Models
import Statistics
package import Tensors

/// R_beta: how well a picture follows a text.
///
/// A sample is two pictures of one scene under one hole that differ in one attribute, each with its
/// exact caption. Over captions: each picture prefers its own caption to its twin's and to that of
/// another picture. Over pictures: each caption prefers its own picture to the twin; without this
/// term the reward would be free up to any function of the picture. Two samples in five are candidates
/// of an editor, where there are any (`DrawnTwins`).
///
/// Source: ByteEdit (Ren et al. 2024), section 3.2. Captions of other pictures stand for those that
/// CLIP scores low; the term over pictures and the contrastive one are this project's.
package struct AlignmentRecipe: Recipe {
  package var name: String { JudgeRecipe.alignment.rawValue }
  private let judge: TextJudge
  private let data: AlignmentData
  private let settings: AlignmentSettings
  private let seed: Int

  package init(_ configuration: RecipeConfiguration, _ sources: TrainingSources) throws {
    judge = try TextJudge(configuration.network, vocabulary: sources.vocabulary)
    data = AlignmentData(sources, seed: UInt64(configuration.run.seed))
    settings = configuration.alignment
    seed = configuration.run.seed
  }

  package func initialWeights() throws -> [String: Tensor] {
    var weights = judge.initialWeights(seed: seed)
    if settings.contrastiveWeight > 0 {
      weights.merge(ContrastiveHead.initialWeights(judge.configuration, seed: seed)) { old, _ in old
      }
    }
    return weights
  }

  package func loss(_ weights: WeightStore, samples: Range<Int>) throws -> RecipeLoss {
    let twins = try inParallel(samples) { try data.trainingTwins($0) }
    let questions = AlignmentQuestions(twins)
    var weights = weights
    let head = try ContrastiveHead(taking: &weights, judge.configuration)
    let network = try judge.network(weights)
    // [2 * twins, image tokens, width]: the pictures once, however many texts they meet
    let image = try network.features(of: judge.pixels(questions.pictures))
    let (tokens, lengths) = judge.tokens(questions.texts)
    let rewards = try network.rewards(
      image: image.gathered(questions.pictureOfText), tokens: tokens, lengths: lengths)
    let better = rewards.gathered(questions.pairs.map(\.better))
    let worse = rewards.gathered(questions.pairs.map(\.worse))
    var loss = try BradleyTerryLoss()(better: better, worse: worse)
    if let head {
      let (tokens, lengths) = judge.tokens(questions.captions)
      loss =
        loss
        + head.loss(
          image: image, text: try network.features(of: tokens, lengths: lengths),
          captions: questions.captions) * Float(settings.contrastiveWeight)
    }
    var accuracy = PairAccuracy()
    for (better, worse) in zip(better.values, worse.values) {
      accuracy.add(better: Double(better), worse: Double(worse))
    }
    return RecipeLoss(loss: loss, accuracy: accuracy.value ?? 0)
  }

  package func evaluate(_ weights: WeightStore, samples: Int) throws -> HeldOutTable {
    let network = try judge.network(ContrastiveHead.dropped(from: weights))
    let twins = try data.heldOutTwins(samples)
    let questions = AlignmentQuestions(twins)
    let rewards = try judge.rewards(
      network, questions.pictureOfText.map { questions.pictures[$0] }, questions.texts)
    var (whole, kinds) = (PairTally(), PairTally())
    for pair in questions.pairs {
      let twin = twins[pair.twin]
      let (better, worse) = (rewards[pair.better], rewards[pair.worse])
      guard !twin.isDrawn else {
        kinds.add(
          "drawn by an editor: \(pair.kind.drawnName)", better: better, worse: worse,
          clusters: twin.clusters)
        continue
      }
      whole.add(pair.kind.rawValue, better: better, worse: worse, clusters: twin.clusters)
      guard pair.kind == .oneAttribute || pair.kind == .otherPicture else { continue }
      kinds.add(
        "\(pair.kind.rawValue): \(twin.change.rawValue)", better: better, worse: worse,
        clusters: twin.clusters)
    }
    return HeldOutTable(whole.rows(seed: 1) + kinds.rows(seed: 1))
  }

  package func write(_ weights: [String: Tensor], to folder: String) throws {
    let kept = weights.filter { !ContrastiveHead.owns($0.key) }
    let network = try judge.network(WeightStore(tensors: kept))
    let edits = try data.heldOutEdits(400)
    try judge.write(
      kept, heldOut: try judge.rewards(network, edits.map(\.picture), edits.map(\.prompt)),
      to: folder)
  }
}
