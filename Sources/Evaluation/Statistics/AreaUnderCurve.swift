/// How well a score separates two classes: the chance that one of the positives scores higher than
/// one of the negatives, a tie counting as half; the area under the ROC curve.
///
/// Source: Hanley and McNeil 1982.
package struct AreaUnderCurve: Sendable {
  private struct Sample: Sendable {
    let score: Float
    let isPositive: Bool
    let cluster: Int
  }

  private var samples: [Sample] = []
  private var indices: [String: Int] = [:]

  package init() {}

  package var count: Int { samples.count }

  /// - Parameter cluster: what the sample shares with others (a scene, a photograph); samples of
  ///   one cluster are drawn together in the interval.
  package mutating func add(score: Float, isPositive: Bool, cluster: String = "") {
    let index = indices[cluster] ?? indices.count
    indices[cluster] = index
    // A score that is no number is a wrong one.
    let known = score.isNaN ? (isPositive ? -Float.infinity : .infinity) : score
    samples.append(Sample(score: known, isPositive: isPositive, cluster: index))
  }

  /// 0...1; nil unless there are samples of both classes.
  package var value: Double? {
    Self.value(Self.sorted(samples), [Int](repeating: 1, count: indices.count))
  }

  /// The area with its interval; nil unless there are samples of both classes.
  ///
  /// Sorts once; each drawing then takes time in proportion to the samples.
  package func estimate(
    _ bootstrap: ClusteredBootstrap = ClusteredBootstrap(resamples: 1_000),
    using generator: inout some RandomNumberGenerator
  ) -> Estimate? {
    guard let value else { return nil }
    let sorted = Self.sorted(samples)
    let interval = bootstrap.interval(clusters: indices.count, using: &generator) {
      Self.value(sorted, $0)
    }
    return Estimate(value: value, interval: interval, count: count, clusters: indices.count)
  }

  private static func sorted(_ samples: [Sample]) -> [Sample] {
    samples.sorted { $0.score < $1.score }
  }

  /// Walks up the scores: each positive has beaten the negatives below it, and half of those that
  /// score the same.
  private static func value(_ sorted: [Sample], _ multiplicities: [Int]) -> Double? {
    var (positives, negatives, won) = (0, 0, 0.0)
    var start = 0
    while start < sorted.count {
      var (end, tiedPositives, tiedNegatives) = (start, 0, 0)
      while end < sorted.count, sorted[end].score == sorted[start].score {
        let times = multiplicities[sorted[end].cluster]
        if sorted[end].isPositive { tiedPositives += times } else { tiedNegatives += times }
        end += 1
      }
      won += Double(tiedPositives) * (Double(negatives) + Double(tiedNegatives) / 2)
      positives += tiedPositives
      negatives += tiedNegatives
      start = end
    }
    guard positives > 0, negatives > 0 else { return nil }
    return won / (Double(positives) * Double(negatives))
  }
}
