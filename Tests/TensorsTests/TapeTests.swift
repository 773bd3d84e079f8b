import Compute
import Testing

@testable import Tensors

@Suite struct TapeTests {
  private func values(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var generator = TorchGenerator(seed: seed)
    return generator.normal(shape: shape)
  }

  /// Compares the tape's gradients with central differences of the same function.
  private func check(
    _ name: String, _ inputs: [Tensor], _ function: ([Tensor]) -> Tensor
  ) throws {
    let weights = values(function(inputs).shape, 99)
    func loss(_ inputs: [Tensor]) -> Tensor { (function(inputs) * weights).sum() }
    let watched = inputs.map { $0.watched() }
    let gradients = try loss(watched).gradients(withRespectTo: watched)
    for (index, input) in inputs.enumerated() {
      #expect(gradients[index].shape == input.shape)
      for at in stride(from: 0, to: input.count, by: max(1, input.count / 7)) {
        func moved(_ step: Float) -> Double {
          var inputs = inputs
          inputs[index].withUnsafeMutableBufferPointer { $0[at] += step }
          return Double(loss(inputs).values[0])
        }
        let slope = (moved(1e-2) - moved(-1e-2)) / 2e-2
        let got = Double(gradients[index].values[at])
        #expect(abs(got - slope) < 2e-2 * max(1, abs(slope)), "\(name), input \(index)[\(at)]")
      }
    }
  }

  @Test func `elementwise operations, broadcast too`() throws {
    let (a, b) = (values([2, 3, 4], 1), values([2, 1, 4], 2))
    let positive = b * b + 1
    try check("+", [a, b]) { $0[0] + $0[1] }
    try check("-", [b, a]) { $0[0] - $0[1] }
    try check("*", [a, b]) { $0[0] * $0[1] }
    try check("/", [a, positive]) { $0[0] / $0[1] }
    try check("affine", [a]) { 3 * $0[0] - 1 }
    try check("scaled add", [a, a]) { $0[0].scaled(2, adding: $0[1], scaled: -0.5) }
    try check("exponential", [a]) { $0[0].exponential() }
    try check("one input twice", [a]) { $0[0] * $0[0] + $0[0] }
  }

  @Test func `layout operations`() throws {
    let (a, b) = (values([2, 3, 4], 3), values([2, 2, 4], 4))
    try check("reshape", [a]) { $0[0].reshaped([4, -1]) }
    try check("transpose", [a]) { $0[0].transposed([2, 0, 1]) }
    for axis in 0..<3 { try check("slice", [a]) { $0[0].slice(1..<2, axis: axis) } }
    try check("concatenate", [a, b]) { Tensor.concatenated($0, axis: 1) }
  }

  @Test func `products and reductions`() throws {
    let (a, b, c) = (values([2, 3, 4], 5), values([4, 5], 6), values([2, 4, 2], 7))
    try check("shared right", [a, b]) { $0[0].matrixProduct($0[1]) }
    try check("batched", [a, c]) { $0[0].matrixProduct($0[1]) }
    try check("transposed", [a, values([5, 4], 8)]) {
      $0[0].matrixProduct($0[1], transposingRight: true)
    }
    try check("mean", [a]) { $0[0].mean() }
    try check("mean per sample", [a]) { $0[0].meanPerSample() }
  }

  @Test func `nothing is recorded without a watched input`() {
    let a = values([3], 1)
    #expect(!(a + a * 2).isWatched)
    #expect((a.watched() + a).isWatched)
    #expect(!(a.watched() + a).detached.isWatched)
  }

  @Test func `a write in place is named, never silently zero`() throws {
    let x = values([2, 3], 1).watched()
    var written = x * 2
    written.withUnsafeMutableBufferPointer { $0[0] = 1 }
    #expect(throws: TensorError.missingGradient(operation: "write in place")) {
      try written.sum().gradients(withRespectTo: [x])
    }
  }

  @Test func `questions that have no answer are refused`() {
    let x = values([3], 1)
    let watched = x.watched()
    #expect(throws: TensorError.notDifferentiable(shape: "[3]")) {
      try (watched * 2).gradients(withRespectTo: [watched])
    }
    #expect(throws: TensorError.notWatched(index: 1)) {
      try watched.sum().gradients(withRespectTo: [watched, x])
    }
  }

  @Test func `a long tape is freed without deep recursion`() throws {
    let x = values([1], 1).watched()
    var y = x
    for _ in 0..<100_000 { y = y + 1 }
    #expect(try y.sum().gradients(withRespectTo: [x])[0].values == [1])
  }

  @Test func `what the tape kept is freed as the walk passes`() throws {
    let pool = BufferPool()
    let steps = 20
    try BufferPool.$current.withValue(pool) {
      let x = values([1_000], 1).watched()
      let before = pool.statistics.bytesInUse
      let probe = Probe()
      func loss() -> Tensor {
        // The first operation is the last that the walk passes.
        var y = (x * 2).recorded("probe", [x]) { gradient in
          probe.bytesInUse = pool.statistics.bytesInUse
          return [gradient]
        }
        for _ in 0..<steps { y = y.exponential().logarithm() }
        return y.sum()
      }
      let kept = loss()
      #expect(pool.statistics.bytesInUse > before + steps * 4_000)
      _ = try kept.gradients(withRespectTo: [x])
      #expect(probe.bytesInUse > before + steps * 4_000)
      _ = try loss().gradients(withRespectTo: [x])
      withExtendedLifetime(kept) {}
      // What `kept` keeps is still there, the other tape is gone.
      #expect(probe.bytesInUse < before + (steps + 9) * 4_160)
    }
  }

  @Test func `a gradient may start at more than one value`() throws {
    let x = values([2, 3], 1).watched()
    let flow = values([2, 3], 2)
    let got = try (x * x).pulledBack(flow, to: [x])[0]
    #expect(got.values == (x.detached * flow * 2).values)
  }

  @Test func `gradients of equal values are halved, of bounds whole`() throws {
    let (a, b) = (
      Tensor([1, 2, 3], shape: [3]).watched(), Tensor([2, 2, 2], shape: [3]).watched()
    )
    let larger = try Tensor.maximum(a, b).sum().gradients(withRespectTo: [a, b])
    #expect(larger.map(\.values) == [[0, 0.5, 1], [1, 0.5, 0]])
    let smaller = try Tensor.minimum(a, b).sum().gradients(withRespectTo: [a, b])
    #expect(smaller.map(\.values) == [[1, 0.5, 0], [0, 0.5, 1]])
    let held = try a.clamped(1, 2).sum().gradients(withRespectTo: [a])
    #expect(held[0].values == [1, 1, 0])
  }

  @Test func `extreme values stay numbers`() throws {
    let x = Tensor([-1e4, -90, -1e-3, 0, 1e-3, 90, 1e4], shape: [7]).watched()
    for (name, y) in [
      ("sigmoid", x.sigmoid()), ("softplus", x.softplus()), ("tanh", x.hyperbolicTangent()),
      ("softmax", x.softmax()), ("log softmax", x.logSoftmax()),
    ] {
      #expect(y.values.allSatisfy { $0.isFinite }, "\(name)")
      let gradient = try y.sum().gradients(withRespectTo: [x])[0]
      #expect(gradient.values.allSatisfy { $0.isFinite }, "\(name)")
    }
    #expect(x.softplus().values.suffix(2) == [90, 1e4])
    #expect(x.logSoftmax().values[0] == -2e4)
    let small = Tensor([0, .leastNormalMagnitude / 128, 1e-30, -1], shape: [4]).logarithm().values
    #expect(
      small[0] == -.infinity && abs(small[1] + 92.1886) < 1e-3 && abs(small[2] + 69.0776) < 1e-4)
    #expect(small[3].isNaN)
  }
}

/// What a pullback saw; the walk calls it on the test's own thread.
private final class Probe: @unchecked Sendable {
  var bytesInUse = 0
}
