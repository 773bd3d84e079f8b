/// Several annotators' preferences made one.
package enum PreferenceMerge {
  /// What came of a merge.
  package struct Result: Sendable {
    /// One for every edit with a clear best and worst, in the order of their ids.
    package var merged: [Preference] = []
    /// Ids of edits whose annotators cancel each other out.
    package var undecided: [String] = []
  }

  /// Gives every candidate a point for each one it was placed above and takes one for each one it
  /// was placed below, divided by the candidates shown less one (Borda's count); the highest total
  /// is the best, the lowest the worst.
  ///
  /// An edit is undecided where two candidates share the highest total or two the lowest. The
  /// annotator becomes `merged:` and their number; every annotator counts once, by the last line.
  package static func merge(_ preferences: [Preference]) -> Result {
    var byEdit: [String: [String: Preference]] = [:]
    for preference in preferences {
      byEdit[preference.id, default: [:]][preference.annotator] = preference
    }
    var result = Result()
    for (id, votes) in byEdit.sorted(by: { $0.key < $1.key }) {
      let votes = votes.sorted { $0.key < $1.key }.map(\.value)
      if let merged = merged(votes) {
        result.merged.append(merged)
      } else {
        result.undecided.append(id)
      }
    }
    return result
  }

  private static func merged(_ votes: [Preference]) -> Preference? {
    guard var merged = votes.first else { return nil }
    if votes.count == 1 { return merged }
    let points = points(votes)
    let ranked = points.sorted { ($1.value, $0.key.description) < ($0.value, $1.key.description) }
    guard let best = ranked.first, let worst = ranked.last, ranked.count > 1,
      ranked[1].value < best.value, ranked[ranked.count - 2].value > worst.value
    else { return nil }
    (merged.best, merged.worst) = (best.key, worst.key)
    merged.annotator = "merged:\(votes.count)"
    merged.candidates = ranked.map(\.key)
    merged.order = Array(ranked.indices)
    merged.time = nil
    return merged
  }

  private static func points(_ votes: [Preference]) -> [PictureReference: Double] {
    var points: [PictureReference: Double] = [:]
    for vote in votes {
      for candidate in vote.candidates ?? [vote.best, vote.worst] {
        points[candidate, default: 0] += 0
      }
      let share = 1 / Double(max(1, (vote.candidates?.count ?? 2) - 1))
      for comparison in vote.comparisons {
        points[comparison.better, default: 0] += share
        points[comparison.worse, default: 0] -= share
      }
    }
    return points
  }
}

extension Preference {
  /// Which of two pictures was placed above the other.
  package struct Comparison: Sendable, Hashable {
    package let better: PictureReference
    package let worse: PictureReference
  }

  /// Every comparison that the line implies: all pairs of a whole order; else the best above, and
  /// the worst below, all the others.
  package var comparisons: [Comparison] {
    let shown = candidates ?? [best, worst]
    if let order {
      let ranked = order.map { shown[$0] }
      return ranked.indices.flatMap { index in
        ranked[(index + 1)...].map { Comparison(better: ranked[index], worse: $0) }
      }
    }
    let others = shown.filter { $0 != best && $0 != worst }
    return [Comparison(better: best, worse: worst)]
      + others.map { Comparison(better: best, worse: $0) }
      + others.map { Comparison(better: $0, worse: worst) }
  }
}
