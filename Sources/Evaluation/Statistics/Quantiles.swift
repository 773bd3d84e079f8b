/// The quantiles of a sample, interpolated linearly between its order statistics.
///
/// Source: Hyndman and Fan 1996, definition 7 (numpy's default).
package struct Quantiles: Sendable {
  private let sorted: [Double]

  /// Nil for an empty sample, or one that has a value that is no number.
  package init?(_ values: [Double]) {
    guard !values.isEmpty, !values.contains(where: \.isNaN) else { return nil }
    sorted = values.sorted()
  }

  /// The value below which the share of the sample lies; shares are held in 0...1.
  package subscript(share: Double) -> Double {
    let position = min(max(share, 0), 1) * Double(sorted.count - 1)
    let below = Int(position)
    guard below + 1 < sorted.count else { return sorted[sorted.count - 1] }
    let part = position - Double(below)
    return sorted[below] + part * (sorted[below + 1] - sorted[below])
  }

  /// The values at 0, at 1 / `parts` and so on up to 1: one more than there are parts.
  package func evenlySpaced(parts: Int) -> [Double] {
    (0...parts).map { self[Double($0) / Double(parts)] }
  }
}
