/// Confidence intervals of a statistic whose samples come in clusters (a scene, a photograph): whole
/// clusters are drawn anew, for samples of one cluster are no independent witnesses.
///
/// Source: Efron and Tibshirani 1993, chapter 13 (percentile interval); Davison and Hinkley 1997,
/// section 3.8 (clusters).
package struct ClusteredBootstrap: Sendable {
  /// How often the clusters are drawn anew.
  package var resamples: Int
  /// The share of intervals that should hold the true value, 0 ..< 1.
  package var confidence: Double

  package init(resamples: Int = 2_000, confidence: Double = 0.95) {
    self.resamples = resamples
    self.confidence = confidence
  }

  /// The percentile interval of a statistic; nil for fewer than two clusters.
  /// - Parameters:
  ///   - clusters: how many there are.
  ///   - generator: the same stream gives the same interval.
  ///   - statistic: the value when each cluster counts as often as its entry says; nil where it
  ///     is not defined (no sample of one class), such draws are left out.
  package func interval(
    clusters: Int, using generator: inout some RandomNumberGenerator,
    statistic: (_ multiplicities: [Int]) -> Double?
  ) -> ClosedRange<Double>? {
    guard clusters > 1 else { return nil }
    var values: [Double] = []
    var multiplicities = [Int](repeating: 0, count: clusters)
    for _ in 0..<resamples {
      for index in multiplicities.indices { multiplicities[index] = 0 }
      for _ in 0..<clusters { multiplicities[Self.draw(clusters, &generator)] += 1 }
      if let value = statistic(multiplicities) { values.append(value) }
    }
    let tail = (1 - confidence) / 2
    guard let quantiles = Quantiles(values) else { return nil }
    return quantiles[tail]...quantiles[1 - tail]
  }

  /// Uniform in 0 ..< count, by the high half of a product: the same on every toolchain.
  private static func draw(_ count: Int, _ generator: inout some RandomNumberGenerator) -> Int {
    Int(generator.next().multipliedFullWidth(by: UInt64(count)).high)
  }
}
