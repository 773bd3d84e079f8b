/// How far a running job is: step `step` of `steps` of candidate `candidate` (from 0).
package struct JobProgress: Codable, Sendable, Hashable {
  package let stage: String
  package let step: Int
  package let steps: Int
  package let candidate: Int
  package let candidates: Int

  package init(stage: String, step: Int, steps: Int, candidate: Int, candidates: Int) {
    self.stage = stage
    self.step = step
    self.steps = steps
    self.candidate = candidate
    self.candidates = candidates
  }

  /// The share of all steps that is done, from 0 to 1.
  package var fraction: Double {
    let all = Double(steps) * Double(candidates)
    guard all > 0 else { return 0 }
    return min(1, max(0, (Double(candidate) * Double(steps) + Double(step)) / all))
  }
}
