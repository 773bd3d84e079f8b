import CKernels
import Compute
import Testing

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
