import CKernels
import Compute
import Glibc
import Tensors

/// How attention is cut into blocks; a function of one sample's shape alone.
struct AttentionPlan {
  let output: Shape
  private let batch: Int
  private let queries: Int
  private let keys: Int
  private let heads: Int
  private let size: Int
  private let valueSize: Int
  private let scale: Float
  private let causal: Bool
  private let queryBlock: Int
  private let keyBlock: Int

  init(query: Shape, value: Shape, heads: Int, scale: Float?, causal: Bool) {
    (batch, queries, keys) = (query[0], query[1], value[1])
    self.heads = heads
    size = query[2] / heads
    valueSize = value[2] / heads
    self.scale = scale ?? 1 / Float(max(size, 1)).squareRoot()
    self.causal = causal
    queryBlock = min(queries, 128)
    keyBlock = min(keys, 512)
    output = [batch, queries, heads * valueSize]
  }

  private var blocks: Int { (queries + queryBlock - 1) / queryBlock }
  private var scratchPerThread: Int { queryBlock * (keyBlock + 3) }

  /// - Parameter logSums: gets the logarithm of the sum of every query's exponential scores,
  ///   `[batch, heads, queries]`, which the gradient needs.
  func run(
    _ query: UnsafePointer<Float>, _ key: UnsafePointer<Float>, _ value: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, logSums: UnsafeMutablePointer<Float>? = nil
  ) {
    guard keys > 0 else { return out.update(repeating: 0, count: output.count) }
    let team = ThreadTeam.current
    BufferPool.current.withBuffer(team.threads * scratchPerThread) { scratch in
      team.forEach(batch * heads * blocks) { index, thread in
        let (pair, block) = index.quotientAndRemainder(dividingBy: blocks)
        let (sample, head) = pair.quotientAndRemainder(dividingBy: heads)
        let first = block * queryBlock
        let row = sample * queries + first
        let part = QueryBlock(
          query: query + row * heads * size + head * size,
          key: key + sample * keys * heads * size + head * size,
          value: value + sample * keys * heads * valueSize + head * valueSize,
          out: out + row * heads * valueSize + head * valueSize,
          logSums: logSums.map { $0 + pair * queries + first },
          first: first, count: min(queryBlock, queries - first),
          scratch: scratch + thread * scratchPerThread)
        run(part)
      }
    }
  }

  /// One head's block of queries and where its operands lie.
  private struct QueryBlock {
    let query: UnsafePointer<Float>
    let key: UnsafePointer<Float>
    let value: UnsafePointer<Float>
    let out: UnsafeMutablePointer<Float>
    let logSums: UnsafeMutablePointer<Float>?
    let first: Int
    let count: Int
    /// Scores `[count, keyBlock]`, then maximum, total and correction of each query.
    let scratch: UnsafeMutablePointer<Float>
  }

  private func run(_ part: QueryBlock) {
    let maximum = part.scratch + queryBlock * keyBlock
    let total = maximum + queryBlock
    maximum.update(repeating: -.infinity, count: part.count)
    total.update(repeating: 0, count: part.count)
    let end = causal ? min(keys, part.first + part.count) : keys
    for start in stride(from: 0, to: end, by: keyBlock) {
      add(part, start, min(keyBlock, keys - start), maximum, total)
    }
    if let logSums = part.logSums {
      for row in 0..<part.count { logSums[row] = maximum[row] + logf(total[row]) }
    }
    for row in 0..<part.count { total[row] = 1 / total[row] }
    Kernels.active.scale_rows(part.out, heads * valueSize, part.count, valueSize, total)
  }

  /// Adds the keys and values of one block to what the queries have gathered.
  private func add(
    _ part: QueryBlock, _ start: Int, _ count: Int, _ maximum: UnsafeMutablePointer<Float>,
    _ total: UnsafeMutablePointer<Float>
  ) {
    let (scores, correction) = (part.scratch, total + queryBlock)
    let (distance, valueDistance) = (heads * size, heads * valueSize)
    BLAS.sgemm(
      .no, .yes, m: part.count, n: count, k: size, part.query, lda: distance,
      part.key + start * distance, ldb: distance, scores, ldc: keyBlock)
    let visible = causal ? part.first + 1 - start : count
    Kernels.active.softmax_step(
      scores, keyBlock, part.count, count, scale, visible, maximum, total, correction)
    if start > 0 {
      Kernels.active.scale_rows(part.out, valueDistance, part.count, valueSize, correction)
    }
    BLAS.sgemm(
      .no, .no, m: part.count, n: valueSize, k: count, scores, lda: keyBlock,
      part.value + start * valueDistance, ldb: valueDistance, beta: start > 0 ? 1 : 0, part.out,
      ldc: valueDistance)
  }
}
