import Compute
import Layers
import Tensors
import Testing

/// What every layer promises: the same bits on any number of threads and in any batch, and no
/// memory from the system once it has run.
@Suite(.serialized) struct LayerInvarianceTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let input: Shape
    let layer: @Sendable (Tensor) -> Tensor
  }

  private static func noise(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var generator = TorchGenerator(seed: seed)
    return generator.normal(shape: shape)
  }

  private static func convolution(
    _ name: String, _ input: Shape, out: Int, kernel: Int, stride: Int = 1, padding: Padding
  ) -> Case {
    let layer = Convolution2D(
      weight: noise([out, input[3], kernel, kernel], 1), bias: noise([out], 2), stride: stride,
      padding: padding)
    return Case(testDescription: name, input: input) { layer($0, activation: .silu) }
  }

  private static func selfAttention(
    _ name: String, _ input: Shape, heads: Int, causal: Bool = false, length: Int? = nil
  ) -> Case {
    Case(testDescription: name, input: input) { x in
      attention(
        query: x, key: x * 0.5, value: x, heads: heads, causal: causal,
        keyLengths: length.map { [Int](repeating: $0, count: x.shape[0]) })
    }
  }

  private static func linear(_ name: String, _ input: Shape, out: Int) -> Case {
    let layer = Linear(weight: noise([out, input[-1]], 3), bias: noise([out], 4))
    return Case(testDescription: name, input: input) { layer($0, activation: .gelu) }
  }

  private static func group(_ name: String, _ input: Shape, groups: Int) -> Case {
    let layer = GroupNormalization(
      groups: groups, scale: noise([input[-1]], 5), bias: noise([input[-1]], 6), activation: .silu)
    return Case(testDescription: name, input: input) { layer($0) }
  }

  private static func layerNormalization(_ input: Shape) -> Case {
    let layer = LayerNormalization(scale: noise([input[-1]], 7), bias: noise([input[-1]], 8))
    return Case(testDescription: "layer normalization", input: input) { layer($0) }
  }

  static let cases: [Case] = [
    convolution("blocked convolution", [3, 33, 35, 24], out: 40, kernel: 3, padding: .same(1)),
    convolution("small convolution", [3, 9, 7, 136], out: 264, kernel: 3, padding: .same(1)),
    convolution("narrow convolution", [5, 8, 8, 64], out: 24, kernel: 3, padding: .same(1)),
    // Patches of 26 MB a sample: two samples share a loop, the third has one of its own.
    convolution("deep convolution", [3, 22, 23, 1_400], out: 8, kernel: 3, padding: .same(1)),
    convolution(
      "downsampler", [3, 64, 64, 8], out: 16, kernel: 3, stride: 2,
      padding: Padding(top: 0, left: 0, bottom: 1, right: 1)),
    convolution("pointwise", [3, 17, 19, 96], out: 200, kernel: 1, padding: .none),
    linear("sequence", [3, 77, 160], out: 333), linear("rows", [3, 320], out: 1_280),
    linear("picture", [3, 40, 30, 64], out: 72),
    group("large groups", [3, 45, 50, 64], groups: 32),
    group("small groups", [3, 2, 2, 96], groups: 8),
    layerNormalization([3, 300, 320]),
    selfAttention("attention", [3, 700, 80], heads: 2),
    selfAttention("causal attention", [3, 600, 80], heads: 2, causal: true),
    selfAttention("padded attention", [3, 600, 80], heads: 2, length: 519),
    Case(testDescription: "geglu", input: [3, 70, 640]) { geglu($0) },
    Case(testDescription: "upsampling", input: [3, 17, 19, 33]) { upsampledNearest2x($0) },
    Case(testDescription: "elementwise", input: [3, 100, 333]) { silu($0) * $0 + $0.affine(2, 1) },
    Case(testDescription: "broadcast", input: [3, 50, 60, 32]) { $0 + $0.meanPerSample() },
    Case(testDescription: "transpose", input: [3, 60, 50, 40]) { $0.nhwcToNCHW() },
    Case(testDescription: "product", input: [3, 90, 120]) {
      $0.matrixProduct($0, transposingRight: true)
    },
  ]

  private func run(_ layer: Case, _ x: Tensor, threads: Int) -> Tensor {
    ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) { layer.layer(x) }
  }

  /// Whether two results agree to the bit; spelled out, since the framework's account of how two
  /// long arrays differ takes hours.
  private func same(_ a: Tensor, _ b: Tensor) -> Bool {
    a.shape == b.shape && a.values.map(\.bitPattern) == b.values.map(\.bitPattern)
  }

  @Test(arguments: cases) func `threads do not change a bit`(layer: Case) {
    let x = Self.noise(layer.input, 42)
    let alone = run(layer, x, threads: 1)
    for threads in [2, 3] {
      for _ in 0..<3 { #expect(same(run(layer, x, threads: threads), alone)) }
    }
  }

  @Test(arguments: cases) func `the batch does not change a bit`(layer: Case) {
    let x = Self.noise(layer.input, 43)
    let together = run(layer, x, threads: 2)
    for sample in 0..<layer.input[0] {
      let alone = run(layer, x.slice(sample..<sample + 1, axis: 0), threads: 2)
      #expect(same(alone, together.slice(sample..<sample + 1, axis: 0)))
    }
  }

  @Test(arguments: cases) func `a second run takes no memory from the system`(layer: Case) {
    let x = Self.noise(layer.input, 44)
    let pool = BufferPool()
    BufferPool.$current.withValue(pool) {
      _ = run(layer, x, threads: 2)
      let fresh = pool.freshAllocations
      for _ in 0..<3 { _ = run(layer, x, threads: 2) }
      #expect(fresh > 0 && pool.freshAllocations == fresh)
    }
    #expect(pool.statistics.bytesInUse == 0)
  }
}
