import Datasets
package import Editing
import Imaging
package import Plots
package import Recipes
package import Rewards
package import Statistics

/// How early in the denoising a judge can tell which of two candidates will be the better one: its pair
/// accuracy on the one-step estimates of x0, step by step.
///
/// Source: ByteEdit (Ren et al. 2024), section 3.2: the steps before T1 are left out of the feedback,
/// for their estimates say too little.
package struct StepAccuracy: Sendable {
  private static let group = 8

  private let model: EditorModel
  private let judges: Judges
  private let kind: JudgeKind
  private let subjects: any CandidateSubjects
  private let seed: UInt64
  private let guidanceScales: [Double]
  private let margin: Double

  /// - Parameters:
  ///   - guidanceScales: a candidate is drawn with each; best and worst are compared.
  ///   - margin: how far they must be apart by the oracle's evaluating terms.
  package init(
    _ model: EditorModel, judge: Judge, subjects: any CandidateSubjects, seed: UInt64,
    guidanceScales: [Double] = [1, 2.5, 5], margin: Double = 0.02
  ) {
    (self.model, judges, kind) = (model, Judges([judge]), judge.kind)
    (self.subjects, self.seed) = (subjects, seed)
    (self.guidanceScales, self.margin) = (guidanceScales, margin)
  }

  package struct Curve: Sendable {
    /// Against the oracle's order of the finished candidates, step by step.
    package var byOracle: [Estimate]
    /// Against the judge's own order of the finished candidates.
    package var byItself: [Estimate]
  }

  private struct Track {
    /// The judge's reward of each step's estimate, then of the finished candidate.
    var rewards: [Double] = []
    var oracle = 0.0
  }

  /// - Parameters:
  ///   - count: edits.
  ///   - steps: of the denoising.
  package func callAsFunction(
    _ count: Int, steps: Int, onProgress: (_ done: Int) -> Void = { _ in }
  ) throws -> Curve {
    var tallies = [[PairAccuracy]](
      repeating: [PairAccuracy](repeating: PairAccuracy(), count: 2), count: steps)
    for start in stride(from: 0, to: count, by: Self.group) {
      let indices = Array(start..<min(count, start + Self.group))
      for (cluster, tracks) in try tracks(indices, steps: steps) {
        add(tracks, cluster, to: &tallies)
      }
      onProgress(indices.last.map { $0 + 1 } ?? count)
    }
    func estimates(_ place: Int) throws -> [Estimate] {
      let all = tallies.compactMap { $0[place].estimate(seed: 1) }
      guard all.count == steps else {
        throw EvidenceError.nothingToCompare(
          "no two candidates are further apart than the margin; draw more edits")
      }
      return all
    }
    return Curve(byOracle: try estimates(0), byItself: try estimates(1))
  }

  private func add(_ tracks: [Track], _ cluster: String, to tallies: inout [[PairAccuracy]]) {
    func pair(_ value: (Track) -> Double) -> (best: Track, worst: Track)? {
      guard let best = tracks.max(by: { value($0) < value($1) }),
        let worst = tracks.min(by: { value($0) < value($1) })
      else { return nil }
      return (best, worst)
    }
    let oracle = pair(\.oracle).flatMap { $0.best.oracle - $0.worst.oracle > margin ? $0 : nil }
    let own = pair { $0.rewards.last ?? 0 }
    for step in tallies.indices {
      for (place, pair) in [oracle, own].enumerated() {
        guard let pair else { continue }
        tallies[step][place].add(
          better: pair.best.rewards[step], worse: pair.worst.rewards[step], cluster: cluster)
      }
    }
  }

  /// The candidates of some edits, each with its cluster.
  private func tracks(_ indices: [Int], steps: Int) throws -> [(String, [Track])] {
    let subjects = try indices.map(subjects.subject)
    var result = subjects.enumerated().map { place, subject in
      (
        subject.clusters["photograph"] ?? subject.clusters["scene"] ?? "\(indices[place])",
        [Track]()
      )
    }
    for (candidate, scale) in guidanceScales.enumerated() {
      let edits = zip(indices, subjects).map { edit($0, $1, candidate) }
      var tracks = subjects.map { _ in Track() }
      func look(_ decoded: [FloatImage]) throws {
        for (place, picture) in decoded.enumerated() {
          tracks[place].rewards.append(
            try reward(try edits[place].pasted(picture), subjects[place]))
        }
      }
      let settings = CropEditSettings(steps: steps, guidanceScale: scale)
      let finished = try model.draw(edits, settings: settings) { _, decoded in try look(decoded) }
      try look(finished)
      for (place, picture) in finished.enumerated() {
        tracks[place].oracle = try Oracle(subjects[place].reference).scores(
          try edits[place].pasted(picture)
        ).score(.evaluation)
        result[place].1.append(tracks[place])
      }
    }
    return result
  }

  private func reward(_ picture: FloatImage, _ subject: CandidateSubject) throws -> Double {
    let (scores, _) = try judges.score(
      picture, hole: subject.reference.hole, prompt: subject.prompt)
    return scores[kind]?.raw ?? 0
  }

  private func edit(_ index: Int, _ subject: CandidateSubject, _ candidate: Int) -> CropEdit {
    var generator = SplitMix(seed: seed).stream(0x73).stream(index).stream(candidate)
    return CropEdit(
      picture: subject.source, hole: subject.reference.hole, prompt: subject.request,
      seed: UInt32(truncatingIfNeeded: generator.next()))
  }
}

extension StepAccuracy.Curve {
  /// The figure, with bands of 95%.
  package func plot(_ judge: JudgeKind) -> LinePlot {
    func points(_ estimates: [Estimate]) -> [LinePlot.Point] {
      estimates.enumerated().map { step, estimate in
        LinePlot.Point(Double(step + 1), estimate.value, interval: estimate.interval)
      }
    }
    return LinePlot(
      title: "\(judge.rawValue) judge on the one-step estimate of x0", xLabel: "denoising step",
      yLabel: "pairs in the right order",
      series: [
        .init("order of the oracle", points(byOracle)),
        .init("its own order of the finished ones", points(byItself)),
      ], levels: [.init("chance", 0.5)], yRange: 0.4...1)
  }

  /// A table for people.
  package var markdown: String {
    let lines = zip(byOracle, byItself).enumerated().map { step, pair in
      "| \(step + 1) | \(Self.cell(pair.0)) | \(Self.cell(pair.1)) |"
    }
    return
      (["| step | by the oracle | by its own order of the finished ones |", "|---|---|---|"]
      + lines).joined(separator: "\n") + "\n"
  }

  private static func cell(_ estimate: Estimate) -> String {
    func percent(_ share: Double) -> String {
      let tenths = Int((share * 1_000).rounded())
      return "\(tenths / 10).\(tenths % 10)"
    }
    let interval = estimate.interval.map {
      " (\(percent($0.lowerBound))–\(percent($0.upperBound)))"
    }
    return "\(percent(estimate.value))\(interval ?? "")"
  }
}
