import Datasets
package import Editing
import Imaging
package import Recipes
package import Rewards
import Statistics

/// Whether the best of several candidates, chosen by the judges as the service chooses, is better
/// than one, by a probe and by the oracle's terms that no judge was trained on.
package struct BestOf: Sendable {
  private static let group = 8

  private let model: EditorModel
  private let judges: Judges
  private let probe: Probe
  private let subjects: any CandidateSubjects
  private let seed: UInt64
  private let weights: [(name: String, weights: RewardWeights)]

  /// - Parameters:
  ///   - subjects: edits that ask for an object of the probe's classes.
  ///   - weights: further ways to choose, by their names.
  package init(
    _ model: EditorModel, judges: Judges, probe: Probe, subjects: any CandidateSubjects,
    seed: UInt64, weights: [(name: String, weights: RewardWeights)] = []
  ) {
    (self.model, self.judges, self.probe) = (model, judges, probe)
    (self.subjects, self.seed, self.weights) = (subjects, seed, weights)
  }

  /// One candidate, and what everybody says of it.
  private struct Seen {
    var scores: RewardScores
    /// 1 where the probe finds the noun that was asked for.
    var isRight: Double
    /// By the oracle's evaluating terms, 0...1.
    var oracle: Double
  }

  /// - Parameters:
  ///   - count: edits.
  ///   - candidates: drawn for each, two or more.
  package func callAsFunction(
    _ count: Int, candidates: Int, onProgress: (_ done: Int) -> Void = { _ in }
  ) throws -> HeldOutTable {
    guard !judges.isEmpty else {
      throw EvidenceError.nothingToCompare("without judges there is nothing to choose by")
    }
    var tally = BestOfTally()
    for start in stride(from: 0, to: count, by: Self.group) {
      let indices = start..<min(count, start + Self.group)
      try look(Array(indices), candidates, into: &tally)
      onProgress(indices.upperBound)
    }
    return HeldOutTable(tally.rows(seed: 1))
  }

  private func look(_ indices: [Int], _ candidates: Int, into tally: inout BestOfTally) throws {
    let subjects = try indices.map(subjects.subject)
    let nouns = try subjects.map(noun)
    let holes = subjects.map(\.reference.hole)
    let oracles = subjects.map { Oracle($0.reference) }
    var seen = subjects.map { _ in [Seen]() }
    for candidate in 0..<candidates {
      let edits = zip(indices, subjects).map { edit($0, $1, candidate) }
      let decoded = try model.draw(edits)
      let pictures = try zip(edits, decoded).map { try $0.pasted($1) }
      let verdicts = try probe.verdicts(pictures, holes: holes)
      for (place, picture) in pictures.enumerated() {
        let (scores, _) = try judges.score(
          picture, hole: holes[place], prompt: edits[place].prompt)
        seen[place].append(
          Seen(
            scores: scores, isRight: verdicts[place] == nouns[place] ? 1 : 0,
            oracle: try oracles[place].scores(picture).score(.evaluation)))
      }
    }
    let real = try probe.verdicts(
      try reconstructed(subjects), holes: holes)
    let empty = try probe.verdicts(subjects.map(\.reference.background), holes: holes)
    for (place, subject) in subjects.enumerated() {
      let clusters = [
        subject.clusters["photograph"] ?? subject.clusters["scene"] ?? "\(indices[place])",
        subject.clusters["object"] ?? "",
      ]
      add(
        seen[place], real: real[place] == nouns[place], empty: empty[place] == nouns[place],
        clusters, to: &tally)
    }
  }

  private func add(
    _ seen: [Seen], real: Bool, empty: Bool, _ clusters: [String], to tally: inout BestOfTally
  ) {
    func mean(_ value: (Seen) -> Double) -> Double {
      seen.reduce(0) { $0 + value($1) } / Double(seen.count)
    }
    let chance = (probe: mean(\.isRight), oracle: mean(\.oracle))
    tally.add("one sample", probe: seen[0].isRight, oracle: seen[0].oracle, clusters)
    tally.add("mean of all samples", probe: chance.probe, oracle: chance.oracle, clusters)
    for (name, weights) in selections {
      let best = best(of: seen, by: weights)
      tally.add("best by \(name)", probe: best.isRight, oracle: best.oracle, clusters)
      tally.add(
        "best by \(name), less one sample", probe: best.isRight - seen[0].isRight,
        oracle: best.oracle - seen[0].oracle, clusters)
      tally.add(
        "best by \(name), less the mean", probe: best.isRight - chance.probe,
        oracle: best.oracle - chance.oracle, clusters)
    }
    tally.add(
      "any of them", probe: seen.map(\.isRight).max() ?? 0,
      oracle: seen.map(\.oracle).max() ?? 0, clusters)
    tally.add("ceiling: real composite, decoded", probe: real ? 1 : 0, oracle: nil, clusters)
    tally.add("floor: empty hole", probe: empty ? 1 : 0, oracle: nil, clusters)
  }

  /// As the service weighs them, all with one weight, then each alone where there are several, then the others.
  private var selections: [(name: String, weights: RewardWeights)] {
    let kinds = judges.all.map(\.kind)
    let alone = kinds.count > 1 ? kinds : []
    return [("the service's weights", .standard), ("all judges", .equal)]
      + alone.map { kind in
        var weights = RewardWeights()
        weights[kind] = 1
        return (kind.rawValue, weights)
      } + weights
  }

  /// Of equal ones the first, as the service has it.
  private func best(of seen: [Seen], by weights: RewardWeights) -> Seen {
    var best = (score: -Double.infinity, seen: seen[0])
    for one in seen {
      let score = one.scores.combined(weights) ?? -.infinity
      if score > best.score { best = (score, one) }
    }
    return best.seen
  }

  private func noun(_ subject: CandidateSubject) throws(EvidenceError) -> Int {
    guard let noun = subject.attributes["noun"], let number = probe.classes[noun] else {
      throw .nothingToCompare("the probe does not know what \(subject.request) asks for")
    }
    return number
  }

  /// Real composites as the editor's autoencoder gives them back, in their own surroundings.
  private func reconstructed(_ subjects: [CandidateSubject]) throws -> [FloatImage] {
    let decoded = try model.reconstructed(subjects.map(\.reference.target))
    return try zip(subjects, decoded).map { subject, decoded in
      try CropEdit(
        picture: subject.source, hole: subject.reference.hole, prompt: "", seed: 0
      ).pasted(decoded)
    }
  }

  /// Candidate k is drawn with the edit's seed + k, as the service draws.
  private func edit(_ index: Int, _ subject: CandidateSubject, _ candidate: Int) -> CropEdit {
    var generator = SplitMix(seed: seed).stream(0x62).stream(index)
    return CropEdit(
      picture: subject.source, hole: subject.reference.hole, prompt: subject.request,
      seed: UInt32(truncatingIfNeeded: generator.next()) &+ UInt32(candidate))
  }
}
