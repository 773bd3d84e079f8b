import Compute
import Testing

@testable import Tensors

@Suite(.serialized) struct CheckpointedTests {
  private func values(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var generator = TorchGenerator(seed: seed)
    return generator.normal(shape: shape) * 0.5
  }

  /// A chain of residual blocks with weights of their own and a state that joins late; every tensor
  /// is used more than once, so that sums in another order would show.
  private func chain(
    _ x: Tensor, _ weights: [Tensor], _ shared: Tensor, checkpoints: Bool
  ) -> Tensor {
    var hidden = x
    for weight in weights {
      hidden = checkpointed(if: checkpoints) { [hidden] in
        let wide = (hidden * shared).matrixProduct(weight).exponential()
        return (wide / (wide + 1)).matrixProduct(weight, transposingRight: true) + hidden
      }
    }
    return (hidden * x + hidden * shared).mean()
  }

  private struct Outcome {
    let loss: Float
    let gradients: [[Float]]
    let peak: Int
  }

  private func run(checkpoints: Bool, depth: Int = 8) throws -> Outcome {
    let pool = BufferPool()
    return try BufferPool.$current.withValue(pool) {
      let x = values([2, 37, 24], 1).watched()
      let shared = values([24], 2).watched()
      let weights = (0..<depth).map { values([24, 96], 10 + UInt64($0)).watched() }
      let loss = chain(x, weights, shared, checkpoints: checkpoints)
      let gradients = try loss.gradients(withRespectTo: [x, shared] + weights)
      return Outcome(
        loss: loss.values[0], gradients: gradients.map(\.values),
        peak: pool.statistics.peakBytesInUse)
    }
  }

  @Test func `gradients have the same bits and memory falls`() throws {
    let (plain, checkpointed) = (try run(checkpoints: false), try run(checkpoints: true))
    #expect(plain.loss == checkpointed.loss)
    #expect(plain.gradients == checkpointed.gradients)
    #expect(plain.gradients.allSatisfy { $0.contains { $0 != 0 } })
    #expect(Double(checkpointed.peak) < 0.5 * Double(plain.peak))
    print("peak \(plain.peak) bytes, checkpointed \(checkpointed.peak)")
  }

  @Test func `a block inside a block`() throws {
    let x = values([3, 4], 1)
    func loss(_ x: Tensor, _ nested: Bool) -> Tensor {
      checkpointed(if: nested) {
        let inner = checkpointed(if: nested) { x.exponential() * x }
        return inner * x + inner
      }.sum()
    }
    let (plain, nested) = (x.watched(), x.watched())
    let wanted = try loss(plain, false).gradients(withRespectTo: [plain])
    let got = try loss(nested, true).gradients(withRespectTo: [nested])
    #expect(wanted[0].values == got[0].values)
  }

  @Test func `nothing is kept where nothing is watched`() {
    let x = values([3], 1)
    let (plain, watched) = (checkpointed { x * 2 }, x.watched())
    #expect(!plain.isWatched)
    let (doubled, passed) = (checkpointed { watched * 2 }, checkpointed { watched })
    #expect(doubled.isWatched)
    #expect(passed.node === watched.node)
  }

  @Test func `an operation without a gradient is named inside a block too`() {
    let x = values([2, 3], 1).watched()
    #expect(throws: TensorError.missingGradient(operation: "write in place")) {
      try checkpointed {
        var written = x * 2
        written.withUnsafeMutableBufferPointer { $0[0] = 1 }
        return written
      }.sum().gradients(withRespectTo: [x])
    }
  }

  @Test func `a block that does something else the second time is refused`() {
    final class Counter: Sendable {
      nonisolated(unsafe) var runs = 0
    }
    let (x, y, counter) = (values([2], 1).watched(), values([2], 2).watched(), Counter())
    #expect(throws: TensorError.unrepeatableBlock) {
      let loss = checkpointed {
        counter.runs += 1
        return (counter.runs == 1 ? x : y) * 2
      }.sum()
      return try loss.gradients(withRespectTo: [x, y])
    }
  }

  @Test func `the generator goes on from its state`() throws {
    var generator = TorchGenerator(seed: 3)
    _ = generator.normal(shape: [3])
    _ = generator.uniform(count: 700)
    var copy = try #require(TorchGenerator(state: generator.state))
    #expect(copy.state == generator.state)
    #expect(copy.normal(shape: [5]).values == generator.normal(shape: [5]).values)
    #expect(copy.normal(shape: [1_000]).values == generator.normal(shape: [1_000]).values)
    var broken = generator.state
    broken.position = 625
    #expect(TorchGenerator(state: broken) == nil)
    broken = generator.state
    broken.words.removeLast()
    #expect(TorchGenerator(state: broken) == nil)
  }

  @Test func `absolute values`() throws {
    let x = Tensor([-2, 0, 3], shape: [3]).watched()
    #expect(x.absolute().values == [2, 0, 3])
    let slopes = try (x.absolute() * x.detached).sum().gradients(withRespectTo: [x])
    #expect(slopes[0].values == [2, 0, 3])
  }
}
