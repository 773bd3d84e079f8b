import Datasets
import Imaging

/// Two pictures of one prompt, one better than the other.
struct AestheticPair: Sendable {
  var better: BytePicture
  var worse: BytePicture
  var prompt: String
  /// The box around what was edited; nil where nothing is known of it.
  var hole: PixelRect?
  /// The probability that the other one is better, 0...0.5.
  var doubt: Float = 0
  /// What sets them apart: a kind of damage, or who compared them.
  var kind: String
  /// The row of the table that it counts for beside its kind's.
  var group: String
  var clusters: [String]

  /// The better one, then the worse.
  var pictures: [EditedPicture] {
    [better, worse].map { EditedPicture(picture: $0, hole: hole) }
  }
}

/// Pairs by number.
struct AestheticData: Sendable {
  /// Of 100 training pairs, how many are candidates that were compared, where there are any.
  private static let comparedPercent = 40.0
  /// How many are a candidate and the same with less detail, where there are candidates.
  private static let softenedPercent = 20.0
  /// How far each side of a training pair's hole is moved at most, of the hole's longer side.
  private static let shift = 0.1

  private let sources: TrainingSources
  private let random: SplitMix

  init(_ sources: TrainingSources, seed: UInt64) {
    self.sources = sources
    random = SplitMix(seed: seed).stream(0x61)
  }

  func trainingPair(_ index: Int) throws -> AestheticPair {
    var choices = random.stream(index)
    let preferred = sources.preferences.training
    let kind = choices.uniform() * 100
    var pair: AestheticPair
    if !preferred.isEmpty, kind < Self.comparedPercent {
      let chosen = preferred[choices.index(preferred.count)]
      pair = Self.pair(choices.chance(0.5) ? chosen.mirrored : chosen)
    } else if kind >= 100 - Self.softenedPercent,
      let set = choices.element(of: sources.candidates.training),
      let candidate = choices.element(of: set.candidates)
    {
      pair = try Self.softenedPair(candidate, set, &choices)
    } else {
      pair = try damagedPair(try sources.training.example(at: index), &choices)
    }
    pair.hole = pair.hole.map {
      Self.shifted($0, width: pair.better.width, height: pair.better.height, &choices)
    }
    return pair
  }

  /// A box whose sides lie a little elsewhere, each by itself, inside the picture: what is seen of
  /// the same pair differs from time to time.
  static func shifted(
    _ box: PixelRect, width: Int, height: Int, _ choices: inout SplitMix
  ) -> PixelRect {
    let reach = Self.shift * Double(max(box.width, box.height))
    var sides = [box.x, box.y, box.maxX, box.maxY].map { side in
      side + Int((reach * (2 * choices.uniform() - 1)).rounded())
    }
    sides = zip(sides, [width, height, width, height]).map { max(0, min($0, $1)) }
    guard sides[0] < sides[2], sides[1] < sides[3] else { return box }
    return PixelRect(
      x: sides[0], y: sides[1], width: sides[2] - sides[0], height: sides[3] - sides[1])
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
  func heldOutEdits(_ count: Int) throws -> [(picture: EditedPicture, prompt: String)] {
    let sets = sources.candidates.heldOut
    guard sets.isEmpty else {
      return sets.flatMap { set in
        set.candidates.map { (EditedPicture(picture: $0, hole: set.box), set.prompt) }
      }.prefix(count).map(\.self)
    }
    return try heldOutPairs(count / 2).flatMap { pair in
      pair.pictures.map { ($0, pair.prompt) }
    }
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
      prompt: example.prompt, hole: example.mask.boundingBox, kind: kind.rawValue,
      group: "controlled damage",
      clusters: example.clusters.names)
  }

  // MARK: Candidates

  /// What an editor drew, and the same with a share of its detail lost: in detail fills differ most.
  static func softenedPair(
    _ candidate: BytePicture, _ set: CandidateSet, _ choices: inout SplitMix
  ) throws -> AestheticPair {
    let soft = try candidate.image.softened(by: choices.uniform(2..<5))
    let share = Float(choices.uniform(0.2..<1))
    var worse = candidate
    for index in set.hole.indices where set.hole[index] != 0 {
      for sample in index * 3..<index * 3 + 3 {
        let level = Float(candidate.bytes[sample])
        let mixed = level + share * (soft.pixels[sample] * 255 - level)
        worse.bytes[sample] = UInt8(min(255, max(0, mixed)) + 0.5)
      }
    }
    return AestheticPair(
      better: candidate, worse: worse, prompt: set.prompt, hole: set.box, kind: "softened",
      group: "softened", clusters: set.clusters)
  }

  private static func pair(_ preferred: PreferredPair) -> AestheticPair {
    let name = "candidates by \(preferred.annotator)"
    return AestheticPair(
      better: preferred.better, worse: preferred.worse, prompt: preferred.prompt,
      hole: preferred.hole, doubt: preferred.doubt, kind: name, group: name,
      clusters: preferred.clusters)
  }
}
