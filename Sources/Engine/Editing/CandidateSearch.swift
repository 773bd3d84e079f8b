import Imaging
import Rewards

/// Draws candidates, has them judged, and keeps the best.
struct CandidateSearch {
  let request: EditRequest
  let drawing: any CandidateDrawing
  let draft: CandidateDraft
  /// `nil` where every judge is off.
  let judging: Judging?

  /// What the search came to.
  struct Outcome {
    /// Best first.
    var candidates: [EditCandidate]
    var warnings: [String]
  }

  private var limit: Int { request.selection.returned ?? request.count }

  /// Draws `count` candidates, and more with the seeds that follow as long as too few of the best
  /// reach the minimum; only what would be kept is encoded.
  /// - Throws: `EditError.belowMinimum` where the request wants that.
  func run(clock: inout StageClock) throws -> Outcome {
    var best = BestCandidates<EditCandidate>(limit: limit)
    var drawn = 0
    while drawn < request.count || drawn < most && reaching(best) < limit {
      try draw(drawn, into: &best, clock: &clock)
      drawn += 1
    }
    return Outcome(
      candidates: best.entries.map(\.candidate), warnings: try verdict(on: best, drawn: drawn))
  }

  /// How many may be drawn in all.
  private var most: Int {
    request.count + (request.selection.minimumScore == nil ? 0 : request.selection.retries)
  }

  private func draw(
    _ index: Int, into best: inout BestCandidates<EditCandidate>, clock: inout StageClock
  ) throws {
    let pixels = try drawing.draw(index, clock: &clock)
    let composed = try draft.compose(pixels, clock: &clock)
    var verdict: Verdict?
    if let judging {
      let found = try clock.time(.score) { try judging.verdict(on: composed.picture) }
      try clock.announce(.scored(candidate: index, found.scores, combined: found.combined))
      verdict = found
    }
    guard best.accepts(index, score: verdict?.combined) else { return }
    let candidate = try draft.finish(
      index, composed, verdict: verdict, isCertain: most <= limit, clock: &clock)
    best.offer(candidate, index: index, score: verdict?.combined)
  }

  /// How many of the kept candidates are good enough.
  private func reaching(_ best: BestCandidates<EditCandidate>) -> Int {
    let minimum = request.selection.minimumScore ?? 0
    return best.entries.count { ($0.score ?? 0) >= minimum }
  }

  /// What is to be said where too few are good enough.
  private func verdict(
    on best: BestCandidates<EditCandidate>, drawn: Int
  ) throws(EditError) -> [String] {
    let reaching = reaching(best)
    guard let minimum = request.selection.minimumScore, reaching < limit else { return [] }
    let highest = best.entries.first?.score ?? 0
    guard !request.selection.failsBelowMinimum else {
      throw .belowMinimum(best: highest, minimum: minimum, drawn: drawn)
    }
    return [
      "Only \(reaching) of \(limit) returned candidates reach min_score \(minimum) after \(drawn) "
        + "draws; the best has \(highest.rounded(toPlaces: 3))."
    ]
  }
}
