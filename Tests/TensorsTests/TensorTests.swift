import Compute
import Testing

@testable import Tensors

@Suite struct TensorTests {
  private func counting(_ shape: Shape) -> Tensor {
    Tensor((0..<shape.count).map { Float($0) }, shape: shape)
  }

  @Test func `a copy keeps its values when the original is written to`() {
    var original = counting([2, 3])
    let copy = original
    let view = original.reshaped([3, 2])
    original.withUnsafeMutableBufferPointer { $0[0] = 9 }
    #expect(original.values == [9, 1, 2, 3, 4, 5])
    #expect(copy.values == [0, 1, 2, 3, 4, 5])
    #expect(view.values == copy.values)
  }

  @Test func `writing to a part leaves the whole alone`() {
    let whole = counting([3, 2])
    var part = whole.slice(1..<2, axis: 0)
    part.withUnsafeMutableBufferPointer { $0[0] = 9 }
    #expect(part.values == [9, 3])
    #expect(whole.values == [0, 1, 2, 3, 4, 5])
  }

  @Test func `a sole owner writes in place`() {
    var tensor = Tensor(repeating: 1, shape: [100_000])
    let before = tensor.withPointer { UInt(bitPattern: $0) }
    tensor.withUnsafeMutableBufferPointer { $0[5] = 2 }
    #expect(tensor.withPointer { UInt(bitPattern: $0) } == before)
  }

  @Test func `buffers return to the pool at last use`() {
    func work() { _ = (Tensor(repeating: 1, shape: [777, 333]) + 1) * 2 }
    let pool = BufferPool()
    BufferPool.$current.withValue(pool) {
      for _ in 0..<3 { work() }
    }
    #expect(pool.freshAllocations <= 3)
    #expect(pool.statistics.bytesInUse == 0)
  }

  @Test func `shapes broadcast at their last axes`() {
    let a = counting([2, 2, 3])
    #expect(
      (a + Tensor([10, 20, 30], shape: [3])).values == [
        10, 21, 32, 13, 24, 35, 16, 27, 38, 19, 30, 41,
      ])
    #expect(
      (a + Tensor([10, 20], shape: [2, 1, 1])).values == [
        10, 11, 12, 13, 14, 15, 26, 27, 28, 29, 30, 31,
      ])
    #expect(
      (Tensor([1, 2], shape: [2, 1]) * Tensor([1, 2, 3], shape: [3])).values == [1, 2, 3, 2, 4, 6])
    #expect((Tensor(2) * counting([3])).values == [0, 2, 4])
    let sample = Tensor((0..<6).map { Float($0) }, shape: [2, 1, 3])
    #expect((a - sample).values == [0, 0, 0, 3, 3, 3, 3, 3, 3, 6, 6, 6])
    #expect((a / 2).values[3] == 1.5)
    #expect((2 * a - 1).values[2] == 3)
    #expect((-a).values[1] == -1)
    #expect(a.scaled(2, adding: a, scaled: -1).values == a.values)
    #expect(a.clamped(1, 3).values[0] == 1)
  }

  @Test(arguments: [
    [0, 2, 3, 1], [3, 0, 1, 2], [1, 0, 3, 2], [2, 3, 0, 1], [3, 2, 1, 0], [0, 1, 3, 2],
  ])
  func `transposition moves every value`(permutation: [Int]) {
    let x = counting([2, 3, 5, 4])
    let y = x.transposed(permutation)
    #expect(y.shape == Shape(permutation.map { x.shape[$0] }))
    let (from, to) = (x.shape.strides, y.shape.strides)
    for flat in 0..<y.count {
      let source = (0..<4).reduce(0) { sum, axis in
        sum + flat / to[axis] % y.shape[axis] * from[permutation[axis]]
      }
      #expect(y.values[flat] == x.values[source])
    }
  }

  @Test func `large transpositions go both ways`() {
    let x = counting([2, 37, 61])
    #expect(x.transposed().transposed().values == x.values)
    #expect(x.transposed().values[1] == 61)
  }

  @Test func `slices and concatenation are inverse on every axis`() {
    let x = counting([3, 4, 5])
    for axis in [0, 1, 2, -1] {
      let parts = [
        x.slice(0..<1, axis: axis), x.slice(1..<3, axis: axis),
        x.slice(3..<x.shape[axis], axis: axis),
      ]
      #expect(Tensor.concatenated(parts, axis: axis).values == x.values)
    }
    #expect(x.slice(1..<3, axis: 1).values.prefix(2) == [5, 6])
  }

  @Test func `reductions per sample`() {
    let x = Tensor([1, 2, 3, 4, 10, 10, 10, 10], shape: [2, 2, 2])
    #expect(x.meanPerSample().values == [2.5, 10])
    #expect(x.meanPerSample().shape == [2, 1, 1])
    #expect(abs(x.deviationPerSample().values[0] - 1.290_994_4) < 1e-6)
    #expect(x.mean().values == [6.25])
    #expect(x.sum().shape == [])
  }

  @Test func `matrix products, plain, batched and transposed`() {
    let a = counting([2, 2, 3])
    let b = counting([3, 2])
    #expect(a.matrixProduct(b).values == [10, 13, 28, 40, 46, 67, 64, 94])
    #expect(
      a.matrixProduct(b.transposed(), transposingRight: true).values == a.matrixProduct(b).values)
    let c = counting([2, 3, 2])
    #expect(a.matrixProduct(c).values == [10, 13, 28, 40, 172, 193, 244, 274])
  }
}
