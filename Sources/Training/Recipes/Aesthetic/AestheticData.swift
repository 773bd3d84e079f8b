import Datasets
import Imaging

/// Two pictures of one prompt, one better than the other.
struct AestheticPair: Sendable {
  var better: BytePicture
  var worse: BytePicture
  var prompt: String
  /// What sets them apart: a kind of damage, or who compared them.
  var kind: String
  /// The row of the table that it counts for beside its kind's.
  var group: String
  var clusters: [String]
}

/// Pairs by number.
struct AestheticData: Sendable {
  /// Of 100 training pairs, how many are candidates that were compared, where there are any.
  private static let comparedPercent = 30.0

  private let sources: TrainingSources
  private let random: SplitMix

  init(_ sources: TrainingSources, seed: UInt64) {
    self.sources = sources
    random = SplitMix(seed: seed).stream(0x61)
  }

  func trainingPair(_ index: Int) throws -> AestheticPair {
    var choices = random.stream(index)
    let preferred = sources.preferences.training
    if !preferred.isEmpty, choices.uniform() * 100 < Self.comparedPercent {
      var pair = Self.pair(preferred[choices.index(preferred.count)])
      if choices.chance(0.5) {
        (pair.better, pair.worse) = (pair.better.mirrored, pair.worse.mirrored)
      }
      return pair
    }
    let example = try sources.training.example(at: index)
    return try damagedPair(example, &choices)
  }

  /// Every kind of damage equally often, then all candidates that were compared.
  func heldOutPairs(_ count: Int) throws -> [AestheticPair] {
    let damaged = try inParallel(0..<count) { index in
      var choices = random.stream(-1 - index)
      let kinds = Degradation.Kind.allCases
      return try damagedPair(
        try sources.heldOut.example(at: index), kind: kinds[index % kinds.count], &choices)
    }
    return damaged + sources.preferences.heldOut.prefix(count).map(Self.pair)
  }

  /// What an editor drew for held-out prompts; without candidates, pictures and damaged ones.
  func heldOutEdits(_ count: Int) throws -> [(picture: BytePicture, prompt: String)] {
    let sets = sources.candidates.heldOut
    guard sets.isEmpty else {
      return sets.flatMap { set in set.candidates.map { ($0, set.prompt) } }.prefix(count).map(
        \.self)
    }
    return try heldOutPairs(count / 2).flatMap { [($0.better, $0.prompt), ($0.worse, $0.prompt)] }
  }

  // MARK: Damage

  private func damagedPair(
    _ example: EditExample, kind: Degradation.Kind? = nil, _ choices: inout SplitMix
  ) throws -> AestheticPair {
    let kinds = Degradation.Kind.allCases
    let kind = kind ?? kinds[choices.index(kinds.count)]
    let damage = try Degradation(
      kind, strength: choices.uniform(0.3..<1), seed: choices.next())
    let reference = try OracleReference(
      background: example.clean, target: example.target,
      instance: example.task == .erase ? nil : example.instance, hole: example.mask)
    return AestheticPair(
      better: BytePicture(example.target),
      worse: BytePicture(try damage.applied(to: example.target, reference)),
      prompt: example.prompt, kind: kind.rawValue, group: "controlled damage",
      clusters: example.clusters.names)
  }

  // MARK: Candidates

  private static func pair(_ preferred: PreferredPair) -> AestheticPair {
    let name = "candidates by \(preferred.annotator)"
    return AestheticPair(
      better: preferred.better, worse: preferred.worse, prompt: preferred.prompt, kind: name,
      group: name, clusters: preferred.clusters)
  }
}
