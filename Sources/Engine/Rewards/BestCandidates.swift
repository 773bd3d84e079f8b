/// The best few of the candidates that were offered one after the other.
///
/// Higher scores come first; of equal scores the lower index; candidates without a score come last,
/// by their index. The result depends on scores and indices alone.
package struct BestCandidates<Candidate> {
  package struct Entry {
    package let index: Int
    package let score: Double?
    package let candidate: Candidate
  }

  /// How many are kept, at least 1.
  package let limit: Int
  /// Best first.
  package private(set) var entries: [Entry] = []

  package init(limit: Int) {
    self.limit = max(1, limit)
  }

  /// Whether a candidate would be kept; one that would not need not be finished.
  package func accepts(_ index: Int, score: Double?) -> Bool {
    guard entries.count >= limit, let last = entries.last else { return true }
    return Self.isBetter(index, score, than: last)
  }

  /// Keeps the candidate in its place, and drops the last where there are too many then.
  package mutating func offer(_ candidate: Candidate, index: Int, score: Double?) {
    guard accepts(index, score: score) else { return }
    let place =
      entries.firstIndex { Self.isBetter(index, score, than: $0) } ?? entries.count
    entries.insert(Entry(index: index, score: score, candidate: candidate), at: place)
    if entries.count > limit { entries.removeLast() }
  }

  private static func isBetter(_ index: Int, _ score: Double?, than entry: Entry) -> Bool {
    switch (score, entry.score) {
    case (let score?, let other?) where score != other: score > other
    case (.some, nil): true
    case (nil, .some): false
    default: index < entry.index
    }
  }
}
