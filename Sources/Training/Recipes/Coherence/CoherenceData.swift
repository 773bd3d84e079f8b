import Datasets
import Imaging

/// A picture and which of its pixels were drawn.
struct CoherenceSample: Sendable {
  var picture: BytePicture
  /// Not 0 where a pixel was drawn, `[height, width]`.
  var drawn: [UInt8]
  /// Not 0 where a pixel has lost its grain, drawn or real: it was decoded, or is a smooth fill.
  var soft: [UInt8]
}

/// A real picture beside one that may have been drawn on, and the pixels to compare.
struct CoherenceComparison: Sendable {
  var name: String
  var real: BytePicture
  var fake: BytePicture
  /// Not 0 where pixels are compared.
  var hole: [UInt8]
  var clusters: [String]
}

/// Samples by number: real pictures, and fakes of several makes.
struct CoherenceData: Sendable {
  private let sources: TrainingSources
  private let random: SplitMix

  /// Throws where there are no candidates to learn from.
  init(_ sources: TrainingSources, seed: UInt64) throws {
    guard !sources.candidates.training.isEmpty, !sources.candidates.heldOut.isEmpty else {
      throw RecipeError.invalidSetting(
        name: "data", reason: "a coherence judge needs candidate sets, some of them held out")
    }
    self.sources = sources
    random = SplitMix(seed: seed).stream(0x63)
  }

  /// 45% wholly real, half of them through the autoencoder; 55% with a hole that was drawn.
  func trainingSample(_ index: Int) throws -> CoherenceSample {
    var choices = random.stream(index)
    let sets = sources.candidates.training
    let set = sets[choices.index(sets.count)]
    let kind = choices.uniform() * 100
    var sample: CoherenceSample
    if kind < 15 {
      sample = real(BytePicture(try sources.training.example(at: index).picture), soft: 0)
    } else if kind < 25 {
      sample = real(set.target, soft: 0)
    } else if kind < 42 {
      sample = real(set.reconstruction, soft: 1)
    } else if kind < 45 {
      // A part passed through the autoencoder, the rest not: still real, all of it.
      sample = real(set.reconstruction.pasted(into: set.target, hole: set.hole), soft: 0)
      sample.soft = set.hole
    } else {
      sample = try fake(set, kind: kind, &choices)
    }
    if choices.chance(0.5) {
      sample.drawn = mirroredRows(sample.drawn, sample.picture.width, channels: 1)
      sample.soft = mirroredRows(sample.soft, sample.picture.width, channels: 1)
      sample.picture = sample.picture.mirrored
    }
    return sample
  }

  private func real(_ picture: BytePicture, soft: UInt8) -> CoherenceSample {
    let count = picture.width * picture.height
    return CoherenceSample(
      picture: picture, drawn: [UInt8](repeating: 0, count: count),
      soft: [UInt8](repeating: soft, count: count))
  }

  private func fake(
    _ set: CandidateSet, kind: Double, _ choices: inout SplitMix
  ) throws -> CoherenceSample {
    let isDecoded = choices.chance(0.5)
    let around = isDecoded ? set.reconstruction : set.target
    let fill: BytePicture
    var soft = [UInt8](repeating: isDecoded ? 1 : 0, count: set.hole.count)
    if kind < 85, let drawn = choices.element(of: set.candidates) {
      fill = drawn
      for place in soft.indices where set.hole[place] != 0 { soft[place] = 1 }
    } else if kind < 93 {
      fill = try Fills.smooth(around, hole: set.hole)
      for place in soft.indices where set.hole[place] != 0 { soft[place] = 1 }
    } else {
      fill = Fills.shifted(around, hole: set.hole, &choices)
    }
    return CoherenceSample(
      picture: fill.pasted(into: around, hole: set.hole), drawn: set.hole, soft: soft)
  }

  // MARK: Held out

  /// What is compared, by rows of the table; the editor's fills first.
  func comparisons(_ count: Int) throws -> [CoherenceComparison] {
    var comparisons: [CoherenceComparison] = []
    for (index, set) in sources.candidates.heldOut.prefix(count).enumerated() {
      var choices = random.stream(-1 - index)
      func compare(_ name: String, _ fake: BytePicture, _ real: BytePicture) {
        comparisons.append(
          CoherenceComparison(
            name: name, real: real, fake: fake, hole: set.hole, clusters: set.clusters))
      }
      if let drawn = choices.element(of: set.candidates) {
        compare("editor's fill", drawn, set.target)
        compare(
          "editor's fill, its surroundings decoded too",
          drawn.pasted(into: set.reconstruction, hole: set.hole), set.reconstruction)
      }
      compare("smooth continuation", try Fills.smooth(set.target, hole: set.hole), set.target)
      let shifted = Fills.shifted(set.target, hole: set.hole, &choices)
      compare("shifted texture", shifted.pasted(into: set.target, hole: set.hole), set.target)
      compare("control: untouched reconstruction", set.reconstruction, set.target)
    }
    return comparisons
  }

  /// Pictures that an editor drew on, of held-out scenes.
  func heldOutEdits(_ count: Int) -> [CoherenceSample] {
    sources.candidates.heldOut.flatMap { set in
      set.candidates.map { CoherenceSample(picture: $0, drawn: set.hole, soft: set.hole) }
    }.prefix(count).map(\.self)
  }
}
