import Compute
import Glibc

/// How probable it is that a point would pick another as its neighbour, made symmetric: the P of
/// t-SNE, kept for the nearest `3 * perplexity` points.
///
/// Sources: van der Maaten and Hinton 2008, section 2; van der Maaten 2014, section 4.1.
struct NeighbourGraph {
  /// For every point its neighbours in ascending order with their probabilities; all sum to 1.
  let rows: [[(index: Int, probability: Double)]]

  init(_ points: PointSet, perplexity: Double) {
    let near = min(points.count - 1, Int(3 * perplexity))
    let conditional = Self.eachRow(points.count) { index in
      Self.conditional(points, index, near, perplexity)
    }
    // p(ij) = (p(j|i) + p(i|j)) / 2n
    var sums = [[Int: Double]](repeating: [:], count: points.count)
    let share = 1 / Double(2 * points.count)
    for (index, row) in conditional.enumerated() {
      for (other, probability) in row {
        sums[index][other, default: 0] += share * probability
        sums[other][index, default: 0] += share * probability
      }
    }
    rows = sums.map { row in row.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }
  }

  private static func eachRow<Row: Sendable>(
    _ count: Int, _ make: (Int) -> Row
  ) -> [Row] {
    var rows = [Row?](repeating: nil, count: count)
    rows.withUnsafeMutableBufferPointer { rows in
      nonisolated(unsafe) let rows = rows
      ThreadTeam.current.forEach(count) { rows[$0] = make($0) }
    }
    return rows.compactMap(\.self)
  }

  /// The neighbours' probabilities whose entropy is the logarithm of the perplexity.
  private static func conditional(
    _ points: PointSet, _ index: Int, _ near: Int, _ perplexity: Double
  ) -> [(Int, Double)] {
    let others = (0..<points.count).filter { $0 != index }
      .map { (index: $0, distance: points.squaredDistance(index, to: points, $0)) }
      .sorted { ($0.distance, $0.index) < ($1.distance, $1.index) }.prefix(near)
    guard let nearest = others.first?.distance else { return [] }
    // Only differences count, and the nearest then has weight 1 whatever the precision.
    let distances = others.map { $0.distance - nearest }
    let weights = bisected(distances, entropy: log(min(perplexity, Double(near))))
    return zip(others, weights).map { ($0.index, $1) }
  }

  private static func bisected(_ distances: [Double], entropy wanted: Double) -> [Double] {
    var (low, high, precision) = (0.0, Double.infinity, 1.0)
    let mean = distances.reduce(0, +) / Double(distances.count)
    if mean > 0 { precision = 1 / mean }
    var weights: [Double] = []
    for _ in 0..<64 {
      weights = distances.map { exp(-precision * $0) }
      let sum = weights.reduce(0, +)
      weights = weights.map { $0 / sum }
      let entropy = -weights.reduce(0) { $0 + ($1 > 0 ? $1 * log($1) : 0) }
      if abs(entropy - wanted) < 1e-6 { break }
      if entropy > wanted { low = precision } else { high = precision }
      precision = high.isInfinite ? precision * 2 : (low + high) / 2
    }
    return weights
  }
}
