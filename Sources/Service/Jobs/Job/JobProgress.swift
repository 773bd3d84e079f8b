/// How far a running job is: step `step` of `steps` of candidate `candidate` (from 0).
package struct JobProgress: Codable, Sendable, Hashable {
  package let stage: String
  package let step: Int
  package let steps: Int
  package let candidate: Int
  package let candidates: Int
  /// The candidates that were scored so far, in the order of drawing.
  package let scored: [ScoredCandidate]?
  /// What the candidates looked like on their way, in the order of drawing.
  package let previews: [PreviewRecord]?

  package init(
    stage: String, step: Int, steps: Int, candidate: Int, candidates: Int,
    scored: [ScoredCandidate]? = nil, previews: [PreviewRecord]? = nil
  ) {
    self.stage = stage
    self.step = step
    self.steps = steps
    self.candidate = candidate
    self.candidates = candidates
    self.scored = scored
    self.previews = previews
  }

  /// The share of all steps that is done, from 0 to 1.
  package var fraction: Double {
    let all = Double(steps) * Double(candidates)
    guard all > 0 else { return 0 }
    return min(1, max(0, (Double(candidate) * Double(steps) + Double(step)) / all))
  }
}

/// What the judges say of a candidate that is drawn, while the job still runs.
package struct ScoredCandidate: Codable, Sendable, Hashable {
  package let index: Int
  package let scores: CandidateScores

  package init(index: Int, scores: CandidateScores) {
    self.index = index
    self.scores = scores
  }
}

/// What a candidate would be if its remaining steps changed nothing, in the whole picture.
package struct PreviewRecord: Codable, Sendable, Hashable {
  package let candidate: Int
  /// After step `step` of `steps`.
  package let step: Int
  package let steps: Int
  package let image: BlobReference
  package let width: Int
  package let height: Int

  package init(
    candidate: Int, step: Int, steps: Int, image: BlobReference, width: Int, height: Int
  ) {
    self.candidate = candidate
    self.step = step
    self.steps = steps
    self.image = image
    self.width = width
    self.height = height
  }
}
