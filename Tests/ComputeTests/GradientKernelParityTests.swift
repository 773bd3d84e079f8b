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

/// The kernels of normalisations, gates and pictures.
@Suite struct LayerGradientParityTests {
  static let sets = KernelParityTests.sets

  private func table(_ set: KernelSet) throws -> ck_kernels { try #require(set.table).pointee }

  /// Central differences of a function of double values, times the flow into each result.
  private func slopes(
    _ x: [Float], _ flow: [Float], _ function: ([Double]) -> [Double]
  ) -> [Double] {
    var values = x.map { Double($0) }
    return values.indices.map { at in
      func loss(_ step: Double) -> Double {
        values[at] += step
        defer { values[at] -= step }
        return zip(function(values), flow).reduce(0) { $0 + $1.0 * Double($1.1) }
      }
      return (loss(1e-5) - loss(-1e-5)) / 2e-5
    }
  }

  private func near(_ got: [Float], _ wanted: [Double], within tolerance: Double = 2e-6) -> Bool {
    let size = max(1, wanted.map { abs($0) }.max() ?? 1)
    return zip(got, wanted).allSatisfy { abs(Double($0) - $1) < tolerance * size }
  }

  @Test(arguments: sets) func `layer normalization`(set: KernelSet) throws {
    let kernels = try table(set)
    for width in [2, 7, 16, 33, 64, 71] {
      let (x, gradient, scale) = (noise(width, 1), noise(width, 2), noise(width, 3))
      var (toScale, toBias) = (noise(width, 4), noise(width, 5))
      let got = filled(width) {
        kernels.layer_norm_gradient(x, gradient, $0, 1, width, scale, 1e-3, &toScale, &toBias)
      }
      func normalized(_ x: [Double]) -> [Double] {
        let mean = x.reduce(0, +) / Double(width)
        let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
        return x.map { ($0 - mean) / (variance + Double(Float(1e-3))).squareRoot() }
      }
      #expect(
        near(got, slopes(x, gradient) { zip(normalized($0), scale).map { $0 * Double($1) } }))
      #expect(
        near(toScale, zip(normalized(x.map { Double($0) }), gradient).map { $0 * Double($1) }))
      #expect(toBias == gradient)
      let plain = filled(width) {
        kernels.layer_norm_gradient(x, gradient, $0, 1, width, nil, 1e-3, nil, nil)
      }
      #expect(near(plain, slopes(x, gradient, normalized)))
    }
  }

  @Test(arguments: sets) func `group normalization's flow and input`(set: KernelSet) throws {
    let kernels = try table(set)
    for channels in [1, 6, 16, 33, 64] {
      let (rows, count) = (3, 3 * channels)
      let (x, gradient) = (noise(count, 1).map { 3 * $0 }, noise(count, 2))
      let factors = (3..<8).map { noise(channels, $0) }
      for (code, twin) in Twin.activations {
        var sums = [Float](repeating: .nan, count: 2 * channels)
        var flow = gradient
        kernels.group_norm_flow(
          x, gradient, &flow, rows, channels, factors[0], factors[1], factors[2], code, &sums)
        var wanted = [Double](repeating: 0, count: 2 * channels)
        let flows = (0..<count).map { i in
          let (channel, x) = (i % channels, Double(x[i]))
          let z = x * Double(factors[0][channel]) + Double(factors[1][channel])
          let flow = Double(gradient[i]) * (twin(z + 1e-6) - twin(z - 1e-6)) / 2e-6
          wanted[channel] += flow
          wanted[channels + channel] += flow * (x - Double(factors[2][channel]))
          return flow
        }
        #expect(near(flow, flows))
        #expect(near(sums, wanted))
      }
      let got = filled(count) {
        kernels.group_norm_input(
          x, gradient, $0, rows, channels, factors[0], factors[2], factors[3], factors[4])
      }
      let wanted = (0..<count).map { i in
        let channel = i % channels
        let deviation = Double(x[i]) - Double(factors[2][channel])
        return Double(gradient[i]) * Double(factors[0][channel])
          + deviation * Double(factors[3][channel]) + Double(factors[4][channel])
      }
      #expect(near(got, wanted))
    }
  }

  @Test(arguments: sets) func `the gate`(set: KernelSet) throws {
    let kernels = try table(set)
    for width in [1, 7, 16, 33] {
      let (x, gradient) = (noise(2 * width, 1).map { 4 * $0 }, noise(width, 2))
      let got = filled(2 * width) { kernels.geglu_gradient(x, gradient, $0, 1, width) }
      #expect(
        near(
          got,
          slopes(x, gradient) { x in (0..<width).map { x[$0] * Twin.gelu(x[width + $0]) } }))
    }
  }

  @Test(arguments: sets) func `squares are added up and spread`(set: KernelSet) throws {
    let kernels = try table(set)
    for channels in [1, 3, 16, 19] {
      let (size, width) = (3, 4)
      let ld = (size * width + 1) * channels
      let x = noise(size * ld, 1)
      let pooled = filled(width * channels) {
        kernels.pool_line(x, ld, width, channels, size, 0.5, $0)
      }
      let wanted = (0..<width * channels).map { i in
        (0..<size * size).reduce(0.0) { total, k in
          total + 0.5
            * Double(x[k / size * ld + (i / channels * size + k % size) * channels + i % channels])
        }
      }
      #expect(near(pooled, wanted))
      let spread = filled(width * size * channels) {
        kernels.spread_line(x, width, channels, size, 0.5, $0)
      }
      #expect(
        spread
          == (0..<spread.count).map { x[$0 / channels / size * channels + $0 % channels] * 0.5 })
    }
  }

  /// One product with any picture and any patches is the same on both sides.
  @Test(arguments: sets) func `patches are taken back as they were laid out`(
    set: KernelSet
  ) throws {
    let kernels = try table(set)
    for (channels, stride, top, left) in [(3, 1, 1, 1), (16, 2, 0, 0), (5, 3, 2, 1), (1, 2, 1, 0)] {
      let (height, width, kernelHeight, kernelWidth) = (7, 6, 3, 2)
      let (outHeight, outWidth) = ((height + 2 - 3) / stride + 1, (width + 1 - 2) / stride + 1)
      let depth = kernelHeight * kernelWidth * channels
      let x = noise(height * width * channels, 1)
      let laid = filled(outHeight * outWidth * depth) {
        ck_patches(
          x, height, width, channels, kernelHeight, kernelWidth, stride, top, left, outWidth, 0,
          outHeight * outWidth, $0)
      }
      let patches = noise(laid.count, 2)
      let taken = (0..<height).flatMap { line in
        filled(width * channels) {
          kernels.unpatch_line(
            patches, width, channels, kernelHeight, kernelWidth, stride, top, left, outHeight,
            outWidth, line, $0)
        }
      }
      func dot(_ a: [Float], _ b: [Float]) -> Double {
        zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
      }
      #expect(abs(dot(laid, patches) - dot(x, taken)) < 1e-5)
    }
  }
}
