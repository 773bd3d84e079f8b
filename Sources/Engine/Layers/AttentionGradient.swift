import CKernels
import Compute
import Tensors

/// The gradients of attention, block by block: the weights of a block of queries for a block of
/// keys are made again from the kept log-sums, so the score matrix never exists here either.
///
/// Source: Dao et al. 2022, algorithm 4.
struct AttentionGradient: Sendable {
  private let query: Tensor
  private let key: Tensor
  private let value: Tensor
  private let result: Tensor
  /// Of every query, `[batch, heads, queries]`.
  private let logSums: Tensor
  private let heads: Int
  private let scale: Float
  private let causal: Bool
  private let keyLengths: [Int]?
  private let queryBlock: Int
  private let keyBlock: Int

  /// - Parameters: as of `attention`; `result` is what it returned, `logSums` what it kept.
  init(
    query: Tensor, key: Tensor, value: Tensor, result: Tensor, logSums: Tensor, heads: Int,
    scale: Float?, causal: Bool, keyLengths: [Int]? = nil
  ) {
    (self.query, self.key, self.value) = (query, key, value)
    (self.result, self.logSums) = (result, logSums)
    (self.heads, self.causal) = (heads, causal)
    self.keyLengths = keyLengths
    self.scale = scale ?? 1 / Float(max(query.shape[2] / heads, 1)).squareRoot()
    queryBlock = min(query.shape[1], 64)
    keyBlock = min(key.shape[1], 512)
  }

  private var batch: Int { query.shape[0] }
  private var queries: Int { query.shape[1] }
  private var keys: Int { key.shape[1] }
  private var size: Int { query.shape[2] / heads }
  private var valueSize: Int { value.shape[2] / heads }
  private var blocks: Int { (keys + keyBlock - 1) / keyBlock }

  /// The gradients of query, key and value.
  func pullBack(_ gradient: Tensor) -> [Tensor?] {
    guard keys > 0, queries > 0, batch > 0 else {
      return [query, key, value].map { Tensor(repeating: 0, shape: $0.shape) }
    }
    let means = means(gradient)
    // Every block of keys has a part of the queries' gradient of its own.
    let parts = Shape([blocks] + query.shape.extents)
    var toQuery = Tensor(shape: parts) { _ in }
    var toKey = Tensor(shape: key.shape) { _ in }
    var toValue = Tensor(shape: value.shape) { _ in }
    toQuery.withUnsafeMutableBufferPointer { toQuery in
      toKey.withUnsafeMutableBufferPointer { toKey in
        toValue.withUnsafeMutableBufferPointer { toValue in
          guard let toQuery = toQuery.baseAddress, let toKey = toKey.baseAddress,
            let toValue = toValue.baseAddress
          else { return }
          run(gradient, means, toQuery, toKey, toValue)
        }
      }
    }
    return [
      toQuery.summed(to: Shape([1] + query.shape.extents)).reshaped(query.shape), toKey, toValue,
    ]
  }

  /// Gradient times result of every query, which is the mean of the flow into its weights:
  /// `[batch, heads, queries]`.
  private func means(_ gradient: Tensor) -> Tensor {
    let rows = batch * queries * heads
    let dots = Tensor(shape: [batch, queries, heads]) { target in
      guard let out = target.baseAddress else { return }
      gradient.withPointer { gradient in
        result.withPointer { result in
          ThreadTeam.current.forEachRange(rows, of: max(1, 16_384 / max(valueSize, 1))) { range in
            let start = range.lowerBound * valueSize
            Kernels.active.row_dots(
              gradient + start, result + start, range.count, valueSize, out + range.lowerBound)
          }
        }
      }
    }
    return dots.transposed()
  }

  private func run(
    _ gradient: Tensor, _ means: Tensor, _ toQuery: UnsafeMutablePointer<Float>,
    _ toKey: UnsafeMutablePointer<Float>, _ toValue: UnsafeMutablePointer<Float>
  ) {
    let team = ThreadTeam.current
    let scratchPerThread = 2 * queryBlock * keyBlock
    withPointers { query, key, value, logSums in
      gradient.withPointer { gradient in
        means.withPointer { means in
          BufferPool.current.withBuffer(team.threads * scratchPerThread) { scratch in
            team.forEach(batch * heads * blocks) { index, thread in
              let (pair, block) = index.quotientAndRemainder(dividingBy: blocks)
              let (sample, head) = pair.quotientAndRemainder(dividingBy: heads)
              let start = block * keyBlock
              let row = sample * queries * heads + head
              let keyRow = (sample * keys + start) * heads + head
              let stored = min(keyBlock, keys - start)
              let length = keyLengths?[sample] ?? keys
              KeyBlock(
                owner: self, start: start, stored: stored,
                count: min(stored, max(0, length - start)),
                query: query + row * size, key: key + keyRow * size,
                value: value + keyRow * valueSize, gradient: gradient + row * valueSize,
                logSums: logSums + pair * queries, means: means + pair * queries,
                toQuery: toQuery + (block * batch * queries * heads + row) * size,
                toKey: toKey + keyRow * size, toValue: toValue + keyRow * valueSize,
                weights: scratch + thread * scratchPerThread
              ).run()
            }
          }
        }
      }
    }
  }

  private func withPointers(
    _ body: (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>
    ) -> Void
  ) {
    query.withPointer { query in
      key.withPointer { key in
        value.withPointer { value in logSums.withPointer { body(query, key, value, $0) } }
      }
    }
  }

  /// One head's block of keys, which all its queries pass by, and where its operands lie.
  private struct KeyBlock {
    let owner: AttentionGradient
    let start: Int
    /// Keys in the block.
    let stored: Int
    /// Keys in it that count; they stand before the others.
    let count: Int
    let query: UnsafePointer<Float>
    let key: UnsafePointer<Float>
    let value: UnsafePointer<Float>
    let gradient: UnsafePointer<Float>
    let logSums: UnsafePointer<Float>
    let means: UnsafePointer<Float>
    let toQuery: UnsafeMutablePointer<Float>
    let toKey: UnsafeMutablePointer<Float>
    let toValue: UnsafeMutablePointer<Float>
    /// `[queryBlock, keyBlock]`; the flow into them stands behind.
    let weights: UnsafeMutablePointer<Float>

    private var distance: Int { owner.heads * owner.size }
    private var valueDistance: Int { owner.heads * owner.valueSize }

    func run() {
      // Queries before the first key of the block do not see it, and none sees padding.
      let unseen =
        owner.causal ? min(start / owner.queryBlock * owner.queryBlock, owner.queries) : 0
      let blind = count == 0 ? owner.queries : unseen
      for row in 0..<blind { (toQuery + row * distance).update(repeating: 0, count: owner.size) }
      for row in (blind >= owner.queries ? 0 : count)..<stored {
        (toKey + row * distance).update(repeating: 0, count: owner.size)
        (toValue + row * valueDistance).update(repeating: 0, count: owner.valueSize)
      }
      for first in stride(from: blind, to: owner.queries, by: owner.queryBlock) {
        add(first, min(owner.queryBlock, owner.queries - first), isFirst: first == blind)
      }
    }

    private func add(_ first: Int, _ rows: Int, isFirst: Bool) {
      let (width, flow) = (owner.keyBlock, weights + owner.queryBlock * owner.keyBlock)
      let (query, gradient) = (query + first * distance, gradient + first * valueDistance)
      BLAS.sgemm(
        .no, .yes, m: rows, n: count, k: owner.size, query, lda: distance, key, ldb: distance,
        weights, ldc: width)
      BLAS.sgemm(
        .no, .yes, m: rows, n: count, k: owner.valueSize, gradient, lda: valueDistance, value,
        ldb: valueDistance, flow, ldc: width)
      Kernels.active.attention_flow(
        weights, flow, width, rows, count, owner.scale,
        owner.causal ? first + 1 - start : count, logSums + first, means + first)
      BLAS.sgemm(
        .yes, .no, m: count, n: owner.valueSize, k: rows, weights, lda: width, gradient,
        ldb: valueDistance, beta: isFirst ? 0 : 1, toValue, ldc: valueDistance)
      BLAS.sgemm(
        .yes, .no, m: count, n: owner.size, k: rows, flow, lda: width, query, ldb: distance,
        beta: isFirst ? 0 : 1, toKey, ldc: distance)
      BLAS.sgemm(
        .no, .no, m: rows, n: owner.size, k: count, flow, lda: width, key, ldb: distance,
        toQuery + first * distance, ldc: distance)
    }
  }
}
