import CKernels
import Compute
import Foundation
import Testing

/// What gradients need, of every set that this CPU has, against plain twins in double precision.
@Suite struct GradientKernelParityTests {
  static let sets = KernelParityTests.sets
  private static let lengths = [1, 2, 7, 15, 16, 17, 33, 64, 100, 257]

  private func table(_ set: KernelSet) throws -> ck_kernels { try #require(set.table).pointee }

  /// The largest distance, relative to the largest value.
  private func distance(_ got: [Float], _ wanted: [Double]) -> Double {
    guard got.count == wanted.count, got.allSatisfy({ $0.isFinite }) else { return .infinity }
    let size = wanted.map { abs($0) }.max() ?? 1
    return (zip(got, wanted).map { abs(Double($0) - $1) }.max() ?? 0) / max(size, 1)
  }

  private func doubles(_ x: [Float]) -> [Double] { x.map { Double($0) } }

  private struct Pointwise: Sendable {
    let operation: ck_pointwise
    var first: Float = 0
    var second: Float = 0
    var keepsResult = false
    var positive = false
    let function: @Sendable (Double) -> Double
  }

  private static let operations: [Pointwise] = [
    Pointwise(
      operation: CK_POINTWISE_SQUARE_ROOT, keepsResult: true, positive: true,
      function: { $0.squareRoot() }),
    Pointwise(operation: CK_POINTWISE_LOGARITHM, positive: true, function: { log($0) }),
    Pointwise(operation: CK_POINTWISE_ABSOLUTE, function: { abs($0) }),
    Pointwise(operation: CK_POINTWISE_SQUARE, function: { $0 * $0 }),
    Pointwise(
      operation: CK_POINTWISE_SIGMOID, keepsResult: true, function: { 1 / (1 + exp(-$0)) }),
    Pointwise(operation: CK_POINTWISE_TANH, keepsResult: true, function: { tanh($0) }),
    Pointwise(
      operation: CK_POINTWISE_LEAKY_RELU, first: 0.25, function: { $0 > 0 ? $0 : 0.25 * $0 }),
    Pointwise(operation: CK_POINTWISE_SOFTPLUS, function: { max($0, 0) + log1p(exp(-abs($0))) }),
    Pointwise(
      operation: CK_POINTWISE_CLAMP, first: -1, second: 2, function: { min(max($0, -1), 2) }),
  ]

  @Test(arguments: sets) func `pointwise functions and their slopes`(set: KernelSet) throws {
    let kernels = try table(set)
    for n in Self.lengths {
      for one in Self.operations {
        let x = noise(n, 1).map { one.positive ? abs($0) * 9 + 0.1 : $0 * 9 }
        let (gradient, code) = (noise(n, 2), Int32(one.operation.rawValue))
        let got = filled(n) { kernels.pointwise(code, one.first, one.second, x, $0, n) }
        #expect(distance(got, doubles(x).map(one.function)) < 1e-6, "\(code)")
        let slopes = filled(n) {
          kernels.pointwise_gradient(
            code, one.first, one.second, one.keepsResult ? got : x, gradient, $0, n)
        }
        let wanted = zip(doubles(x), gradient).map { x, gradient in
          (one.function(x + 1e-6) - one.function(x - 1e-6)) / 2e-6 * Double(gradient)
        }
        #expect(distance(slopes, wanted) < 3e-6, "slope of \(code)")
      }
    }
  }

  @Test(arguments: sets) func `logarithms over the whole range`(set: KernelSet) throws {
    let kernels = try table(set)
    let x = stride(from: -126.0, through: 127, by: 0.37).map { Float(pow(2, $0)) }
    let got = filled(x.count) {
      kernels.pointwise(Int32(CK_POINTWISE_LOGARITHM.rawValue), 0, 0, x, $0, x.count)
    }
    for (x, got) in zip(x, got) {
      #expect(abs(Double(got) - log(Double(x))) <= 1.2e-7 * max(abs(log(Double(x))), 0.5))
    }
  }

  @Test(arguments: sets) func `the larger, the smaller and whose it is`(set: KernelSet) throws {
    let kernels = try table(set)
    for n in Self.lengths {
      let (a, other) = (noise(n, 1), noise(n, 2))
      let b = zip(a, other).enumerated().map { $0 % 3 == 0 ? $1.0 : $1.1 }
      #expect(filled(n) { kernels.maximum(a, b, $0, n) } == zip(a, b).map { max($0, $1) })
      #expect(filled(n) { kernels.minimum(a, b, $0, n) } == zip(a, b).map { min($0, $1) })
      let shares: [Float] = zip(a, b).map { $0 > $1 ? 1 : $0 == $1 ? 0.5 : 0 }
      #expect(filled(n) { kernels.larger_share(a, b, $0, n) } == shares)
    }
  }

  @Test(arguments: sets) func `sums of columns and products of rows`(set: KernelSet) throws {
    let kernels = try table(set)
    for n in Self.lengths {
      let (x, y, rows) = (noise(5 * n, 1), noise(5 * n, 2), 5)
      let sums = (0..<n).map { column in (0..<rows).reduce(0) { $0 + Double(x[$1 * n + column]) } }
      #expect(distance(filled(n) { kernels.column_sums(x, n, rows, n, $0) }, sums) < 1e-6)
      let dots = (0..<rows).map { row in
        (0..<n).reduce(0) { $0 + Double(x[row * n + $1]) * Double(y[row * n + $1]) }
      }
      #expect(distance(filled(rows) { kernels.row_dots(x, y, rows, n, $0) }, dots) < 1e-6)
    }
  }

  @Test(arguments: sets) func `gradients of softmax and its logarithm`(set: KernelSet) throws {
    let kernels = try table(set)
    for n in Self.lengths {
      let (x, gradient) = (noise(n, 1).map { 5 * $0 }, noise(n, 2))
      let weights = Twin.softmax(x)
      let flow = doubles(gradient)
      let mean = zip(weights, flow).reduce(0) { $0 + $1.0 * $1.1 }
      let y = filled(n) { kernels.softmax(x, $0, 1, n) }
      #expect(
        distance(
          filled(n) { kernels.softmax_gradient(y, gradient, $0, 1, n) },
          zip(weights, flow).map { $0 * ($1 - mean) }) < 1e-6)
      let logarithms = filled(n) { kernels.log_softmax(x, $0, 1, n) }
      #expect(distance(logarithms, weights.map { log($0) }) < 1e-6)
      #expect(
        distance(
          filled(n) { kernels.log_softmax_gradient(logarithms, gradient, $0, 1, n) },
          zip(weights, flow).map { $1 - $0 * flow.reduce(0, +) }) < 2e-6)
    }
  }

  @Test(arguments: sets) func `attention's flow with hidden keys`(set: KernelSet) throws {
    let kernels = try table(set)
    for n in Self.lengths {
      let (rows, ld, visible) = (3, n + 2, n - 1)
      let (scores, into) = (noise(rows * ld, 1), noise(rows * ld, 2))
      let (logSums, means) = (noise(rows, 3), noise(rows, 4))
      var (weights, flow) = (scores, into)
      kernels.attention_flow(&weights, &flow, ld, rows, n, 0.7, visible, logSums, means)
      for row in 0..<rows {
        for column in 0..<n {
          let at = row * ld + column
          let isSeen = column < visible + row
          let weight =
            isSeen ? exp(Double(Float(0.7)) * Double(scores[at]) - Double(logSums[row])) : 0
          let wanted = weight * (Double(into[at]) - Double(means[row])) * Double(Float(0.7))
          #expect(abs(Double(weights[at]) - weight) < 1e-6)
          #expect(abs(Double(flow[at]) - wanted) < 1e-6)
        }
        #expect(weights[row * ld + n] == scores[row * ld + n])
      }
    }
  }
}
