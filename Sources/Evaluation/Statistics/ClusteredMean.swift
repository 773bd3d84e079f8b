/// The mean of values that come in clusters, such as differences of paired measurements.
package struct ClusteredMean: Sendable {
  private var sums: [Double] = []
  private var counts: [Int] = []
  private var indices: [String: Int] = [:]

  package init() {}

  /// - Parameter cluster: what the value shares with others (a scene, a photograph); values of one
  ///   cluster are drawn together in the interval.
  package mutating func add(_ value: Double, cluster: String) {
    let index = indices[cluster] ?? sums.count
    if index == sums.count {
      sums.append(0)
      counts.append(0)
      indices[cluster] = index
    }
    sums[index] += value
    counts[index] += 1
  }

  /// The mean with its interval; nil before the first value.
  package func estimate(
    _ bootstrap: ClusteredBootstrap = ClusteredBootstrap(),
    using generator: inout some RandomNumberGenerator
  ) -> Estimate? {
    guard let value = mean([Int](repeating: 1, count: sums.count)) else { return nil }
    let interval = bootstrap.interval(
      clusters: sums.count, using: &generator, statistic: mean)
    return Estimate(
      value: value, interval: interval, count: counts.reduce(0, +), clusters: sums.count)
  }

  private func mean(_ multiplicities: [Int]) -> Double? {
    var (sum, count) = (0.0, 0)
    for (index, times) in multiplicities.enumerated() {
      sum += sums[index] * Double(times)
      count += counts[index] * times
    }
    return count > 0 ? sum / Double(count) : nil
  }
}
