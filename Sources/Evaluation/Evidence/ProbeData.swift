import Datasets
import Imaging
import Recipes

/// Pictures with the number of what they show, for the training of a probe.
struct ProbeSample: Sendable {
  var view: FloatImage
  var label: Int
  var cluster: String
}

/// Samples by number: real composites, sharp and softened, empty holes, and shuffled objects, which
/// are nothing.
struct ProbeData: Sendable {
  private static let objectPercent = 65.0
  /// Of what shows nothing, how much is an empty hole; the rest are shuffled objects.
  private static let emptyPercent = 60.0

  let view: ProbeView
  let classes: ProbeClasses
  private let training: any CandidateSubjects
  private let heldOut: any CandidateSubjects
  private let random: SplitMix

  init(
    _ view: ProbeView, _ classes: ProbeClasses, training: any CandidateSubjects,
    heldOut: any CandidateSubjects, seed: UInt64
  ) {
    (self.view, self.classes) = (view, classes)
    (self.training, self.heldOut) = (training, heldOut)
    random = SplitMix(seed: seed).stream(0x70)
  }

  func trainingSample(_ index: Int) throws -> ProbeSample {
    try sample(training.subject(index), random.stream(index), softens: true)
  }

  func heldOutSample(_ index: Int) throws -> ProbeSample {
    try sample(heldOut.subject(index), random.stream(-1 - index), softens: false)
  }

  private func sample(
    _ subject: CandidateSubject, _ random: SplitMix, softens: Bool
  ) throws -> ProbeSample {
    var choices = random
    let (reference, cluster) = (subject.reference, subject.clusters["scene"] ?? "")
    let label = subject.attributes["noun"].flatMap { classes[$0] } ?? classes.none
    var result: ProbeSample
    if choices.uniform() * 100 < Self.objectPercent {
      let picture = try view(reference.target, hole: reference.hole)
      result = ProbeSample(view: picture, label: label, cluster: cluster)
    } else if choices.uniform() * 100 < Self.emptyPercent {
      let picture = try view(reference.background, hole: reference.hole)
      result = ProbeSample(view: picture, label: classes.none, cluster: cluster)
    } else {
      let picture = try view(reference.target, hole: reference.hole)
      result = ProbeSample(
        view: try picture.shuffled(tiles: 4, &choices), label: classes.none, cluster: cluster)
    }
    if choices.chance(0.5) { result.view = try result.view.mirrored }
    if softens, choices.chance(0.6) {
      result.view = try result.view.softened(by: choices.uniform(1.5..<4))
    }
    return result
  }
}

extension FloatImage {
  var mirrored: FloatImage {
    get throws {
      var result = self
      for y in 0..<height {
        for x in 0..<width {
          for channel in 0..<channels {
            result.pixels[(y * width + x) * channels + channel] =
              self[width - 1 - x, y, channel]
          }
        }
      }
      return result
    }
  }

  /// Cut into `tiles` by `tiles` parts that change places; sides are multiples of `tiles`.
  func shuffled(tiles: Int, _ choices: inout SplitMix) throws -> FloatImage {
    var places = Array(0..<tiles * tiles)
    for place in places.indices.dropLast() {
      places.swapAt(place, place + choices.index(places.count - place))
    }
    let (wide, high) = (width / tiles, height / tiles)
    var result = self
    for (place, from) in places.enumerated() {
      for y in 0..<high {
        for x in 0..<wide {
          let target = (place % tiles * wide + x, place / tiles * high + y)
          let source = (from % tiles * wide + x, from / tiles * high + y)
          for channel in 0..<channels {
            result.pixels[(target.1 * width + target.0) * channels + channel] =
              self[source.0, source.1, channel]
          }
        }
      }
    }
    return result
  }
}
