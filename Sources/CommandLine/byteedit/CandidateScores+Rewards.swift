import Editing
import Imaging
import Jobs
import Rewards

extension CandidateScores {
  init(_ scores: RewardScores, combined: Double?) {
    self.init(
      aesthetic: scores.aesthetic.map(Score.init), alignment: scores.alignment.map(Score.init),
      coherence: scores.coherence.map(Score.init), combined: combined)
  }

  /// `nil` where every judge is off.
  init?(_ candidate: EditCandidate) {
    guard let scores = candidate.scores else { return nil }
    self.init(scores, combined: candidate.combined)
  }

  /// For people, such as `score 0.71 (aesthetic 0.80, coherence 0.62)`.
  var sentence: String {
    let each = byJudge.map { "\($0.judge) \(Self.number($0.score.calibrated))" }
    return "score \(combined.map(Self.number) ?? "none") (\(each.joined(separator: ", ")))"
  }

  private static func number(_ value: Double) -> String {
    let hundredths = Int((value * 100).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100)"
  }
}

extension CandidateScores.Score {
  init(_ score: RewardScore) {
    self.init(raw: score.raw, calibrated: score.calibrated)
  }
}

extension RewardWeights {
  init(_ weights: EditParameters.Weights) {
    self.init(
      aesthetic: weights.aesthetic, alignment: weights.alignment, coherence: weights.coherence)
  }
}

extension PictureRegion {
  init(_ rect: PixelRect) {
    self.init(x: rect.x, y: rect.y, width: rect.width, height: rect.height)
  }
}
