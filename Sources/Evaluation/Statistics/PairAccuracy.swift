/// How often a judge puts the better of two first; a tie counts as half.
package struct PairAccuracy: Sendable, Equatable {
  private struct Tally: Sendable, Equatable {
    var right = 0.0
    var count = 0
  }

  /// One tally a cluster, in the order of their first pairs.
  private var tallies: [Tally] = []
  private var indices: [String: Int] = [:]

  package init() {}

  /// Pairs that were judged.
  package var count: Int { tallies.reduce(0) { $0 + $1.count } }

  /// 0...1; nothing before the first pair.
  package var value: Double? { value([Int](repeating: 1, count: tallies.count)) }

  /// - Parameter cluster: what the pair shares with others (a scene, a photograph); pairs of one
  ///   cluster are drawn together in the interval.
  package mutating func add(better: Double, worse: Double, cluster: String = "") {
    let index = indices[cluster] ?? tallies.count
    if index == tallies.count {
      tallies.append(Tally())
      indices[cluster] = index
    }
    tallies[index].right += better > worse ? 1 : better == worse ? 0.5 : 0
    tallies[index].count += 1
  }

  /// The accuracy with its interval; nil before the first pair.
  package func estimate(
    _ bootstrap: ClusteredBootstrap = ClusteredBootstrap(),
    using generator: inout some RandomNumberGenerator
  ) -> Estimate? {
    guard let value else { return nil }
    let interval = bootstrap.interval(
      clusters: tallies.count, using: &generator, statistic: self.value)
    return Estimate(value: value, interval: interval, count: count, clusters: tallies.count)
  }

  private func value(_ multiplicities: [Int]) -> Double? {
    var (right, count) = (0.0, 0)
    for (tally, times) in zip(tallies, multiplicities) {
      right += tally.right * Double(times)
      count += tally.count * times
    }
    return count > 0 ? right / Double(count) : nil
  }
}
