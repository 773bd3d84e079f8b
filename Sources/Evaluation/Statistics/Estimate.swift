/// A measured value with its uncertainty.
package struct Estimate: Sendable, Equatable {
  package let value: Double
  /// Where the true value lies with the bootstrap's confidence; nil for fewer than two clusters,
  /// which say nothing of how clusters differ.
  package let interval: ClosedRange<Double>?
  /// How many things were measured, and in how many clusters.
  package let count: Int
  package let clusters: Int

  package init(value: Double, interval: ClosedRange<Double>?, count: Int, clusters: Int) {
    self.value = value
    self.interval = interval
    self.count = count
    self.clusters = clusters
  }
}
