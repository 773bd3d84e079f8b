import Glibc
import Tensors

/// The weights of one predictor or corrector of UniPC: the next latent is
/// sample * x + current * m0 + sum of differences * (m - m0), where m0 is the original predicted at
/// the level that is left and m are those of other levels (Zhao and others 2023, equations 3, 9).
struct UniPCUpdate: Sendable {
  let sample: Float
  let current: Float
  /// One for each other level, in their order.
  let differences: [Float]

  /// - Parameters:
  ///   - levels: of originals before that at the source, newest first.
  ///   - isCorrector: whether the original at the target is known; its difference comes last.
  ///   - variant: `b1` (B(h) = h) or `b2` (B(h) = e^h - 1).
  init(
    from source: NoiseLevel, to target: NoiseLevel, earlier levels: [NoiseLevel],
    isCorrector: Bool, variant: SolverType
  ) {
    let distance = target.lambda - source.lambda
    let decay = expm1(-distance)
    sample = target.deviation / source.deviation
    current = -target.signal * decay
    let scale = -target.signal * (variant == .b1 ? -distance : decay)
    let ratios = levels.map { ($0.lambda - source.lambda) / distance }
    let points = isCorrector ? ratios + [1] : ratios
    let weights = Self.weights(points, -distance, divisor: variant == .b1 ? -distance : decay)
    differences = zip(points, weights).map { scale * $1 / $0 }
  }

  /// How much each divided difference counts; alone it counts half, as in the reference.
  private static func weights(_ points: [Float], _ step: Float, divisor: Float) -> [Float] {
    guard points.count > 1 else { return points.map { _ in 0.5 } }
    var moments: [Float] = []
    var phi = expm1(step) / step - 1
    var factorial: Float = 1
    for order in 1...points.count {
      moments.append(phi * factorial / divisor)
      factorial *= Float(order + 1)
      phi = phi / step - 1 / factorial
    }
    let rows = points.indices.map { power in points.map { pow($0, Float(power)) } }
    return LinearSystem(rows: rows, values: moments).solution()
  }

  /// The next latent.
  /// - Parameter others: the originals of the other levels, as many as `differences`.
  func callAsFunction(_ latent: Tensor, _ original: Tensor, others: [Tensor]) -> Tensor {
    var result = latent.scaled(sample, adding: original, scaled: current)
    for (weight, other) in zip(differences, others) {
      result = result.scaled(1, adding: other - original, scaled: weight)
    }
    return result
  }
}

/// A few linear equations, in single precision as the reference solves them.
private struct LinearSystem {
  var rows: [[Float]]
  var values: [Float]

  /// Gauss's elimination, the largest pivot first.
  func solution() -> [Float] {
    var system = self
    for column in rows.indices { system.eliminate(column) }
    var result = system.values
    for row in rows.indices.reversed() {
      for other in row + 1..<rows.count { result[row] -= system.rows[row][other] * result[other] }
      result[row] /= system.rows[row][row]
    }
    return result
  }

  private mutating func eliminate(_ column: Int) {
    let pivot =
      (column..<rows.count).max { abs(rows[$0][column]) < abs(rows[$1][column]) } ?? column
    rows.swapAt(column, pivot)
    values.swapAt(column, pivot)
    for row in column + 1..<rows.count {
      let factor = rows[row][column] / rows[column][column]
      for other in column..<rows.count { rows[row][other] -= factor * rows[column][other] }
      values[row] -= factor * values[column]
    }
  }
}
