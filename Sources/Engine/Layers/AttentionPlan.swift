import CKernels
import Compute
import Glibc
import Tensors

/// How attention is cut into blocks; a function of one sample's shape, and of how many of its keys
/// count, alone.
///
/// Keys and values are packed into panels once; then every block of queries walks over the blocks of
/// keys: scores, their exponentials, and what they gather stay in the second-level cache.
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
  private let keyLengths: [Int]?
  private let queryBlock: Int
  private let keyBlock: Int
  private let width = PackedMatrix.panelColumns

  init(
    query: Shape, value: Shape, heads: Int, scale: Float?, causal: Bool, keyLengths: [Int]? = nil
  ) {
    (batch, queries, keys) = (query[0], query[1], value[1])
    self.heads = heads
    size = query[2] / heads
    valueSize = value[2] / heads
    self.scale = scale ?? 1 / Float(max(size, 1)).squareRoot()
    self.causal = causal
    self.keyLengths = keyLengths
    queryBlock = min(queries, 72)
    keyBlock = 512
    output = [batch, queries, heads * valueSize]
  }

  private var queryBlocks: Int { (queries + queryBlock - 1) / queryBlock }
  private var keyPanels: Int { (keys + width - 1) / width }
  private var valuePanels: Int { (valueSize + width - 1) / width }
  /// Floats of a head's packed keys, `[keyPanels][size][width]`.
  private var packedKeys: Int { keyPanels * size * width }
  /// Floats of a head's packed values, `[valuePanels][keys][width]`.
  private var packedValues: Int { valuePanels * keys * width }

  /// - Parameter logSums: `[batch, heads, queries]` where it is wanted: the logarithm of the sum of
  ///   a query's exponentials, from which a gradient finds its weights again.
  func run(
    _ query: UnsafePointer<Float>, _ key: UnsafePointer<Float>, _ value: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, logSums: UnsafeMutablePointer<Float>? = nil
  ) {
    guard keys > 0 else { return out.update(repeating: 0, count: output.count) }
    let team = ThreadTeam.current
    let pairs = batch * heads
    BufferPool.current.withBuffer(pairs * (packedKeys + packedValues)) { packed in
      pack(key, value, into: packed)
      let size = Scratch.count(self)
      BufferPool.current.withBuffer(team.threads * size) { memory in
        team.forEach(pairs * queryBlocks) { index, thread in
          let (pair, block) = index.quotientAndRemainder(dividingBy: queryBlocks)
          let scratch = Scratch(memory + thread * size, self)
          attend(pair, block, query, packed, scratch)
          finish(pair, block, scratch, out, logSums)
        }
      }
    }
  }

  // MARK: Packing

  private func pack(
    _ key: UnsafePointer<Float>, _ value: UnsafePointer<Float>,
    into packed: UnsafeMutablePointer<Float>
  ) {
    let parts = (keys + keyBlock - 1) / keyBlock
    ThreadTeam.current.forEach(batch * heads * parts) { index in
      let (pair, part) = index.quotientAndRemainder(dividingBy: parts)
      let (sample, head) = pair.quotientAndRemainder(dividingBy: heads)
      let range = part * keyBlock..<min(keys, (part + 1) * keyBlock)
      let target = packed + pair * (packedKeys + packedValues)
      pack(keys: key + (sample * keys * heads + head) * size, range, into: target)
      pack(
        values: value + (sample * keys * heads + head) * valueSize, range,
        into: target + packedKeys)
    }
  }

  private func pack(
    keys key: UnsafePointer<Float>, _ range: Range<Int>, into target: UnsafeMutablePointer<Float>
  ) {
    for first in stride(from: range.lowerBound, to: range.upperBound, by: width) {
      Kernels.active.pack_panel(
        key + first * heads * size, 1, heads * size, min(width, keys - first), size,
        target + first * size)
    }
  }

  private func pack(
    values value: UnsafePointer<Float>, _ range: Range<Int>,
    into target: UnsafeMutablePointer<Float>
  ) {
    let distance = heads * valueSize
    for panel in 0..<valuePanels {
      let column = panel * width
      Kernels.active.pack_panel(
        value + range.lowerBound * distance + column, distance, 1,
        min(width, valueSize - column), range.count,
        target + (panel * keys + range.lowerBound) * width)
    }
  }

  // MARK: Blocks

  /// Of one thread: scores `[queryBlock, keyBlock]`, what is gathered
  /// `[queryBlock, valuePanels * width]`, then maximum, total and correction of each query.
  private struct Scratch {
    let scores: UnsafeMutablePointer<Float>
    let gathered: UnsafeMutablePointer<Float>
    let maximum: UnsafeMutablePointer<Float>
    let total: UnsafeMutablePointer<Float>
    let correction: UnsafeMutablePointer<Float>

    static func count(_ plan: AttentionPlan) -> Int {
      plan.queryBlock * (plan.keyBlock + plan.valuePanels * plan.width + 3)
    }

    init(_ start: UnsafeMutablePointer<Float>, _ plan: AttentionPlan) {
      scores = start
      gathered = scores + plan.queryBlock * plan.keyBlock
      maximum = gathered + plan.queryBlock * plan.valuePanels * plan.width
      total = maximum + plan.queryBlock
      correction = total + plan.queryBlock
    }
  }

  private func rows(of block: Int) -> Range<Int> {
    block * queryBlock..<min(queries, (block + 1) * queryBlock)
  }

  private func attend(
    _ pair: Int, _ block: Int, _ query: UnsafePointer<Float>, _ packed: UnsafePointer<Float>,
    _ scratch: Scratch
  ) {
    let rows = rows(of: block)
    let (sample, head) = pair.quotientAndRemainder(dividingBy: heads)
    let source = query + ((sample * queries + rows.lowerBound) * heads + head) * size
    let keysAndValues = packed + pair * (packedKeys + packedValues)
    scratch.maximum.update(repeating: -.infinity, count: rows.count)
    scratch.total.update(repeating: 0, count: rows.count)
    let length = keyLengths?[sample] ?? keys
    let end = causal ? min(length, rows.upperBound) : length
    for start in stride(from: 0, to: end, by: keyBlock) {
      let range = start..<min(length, start + keyBlock)
      score(source, rows.count, keysAndValues, range, scratch)
      Kernels.active.softmax_step(
        scratch.scores, keyBlock, rows.count, range.count, scale,
        causal ? rows.lowerBound + 1 - start : range.count, scratch.maximum, scratch.total,
        scratch.correction)
      gather(rows.count, keysAndValues + packedKeys, range, scratch)
    }
  }

  private func score(
    _ query: UnsafePointer<Float>, _ rows: Int, _ keys: UnsafePointer<Float>, _ range: Range<Int>,
    _ scratch: Scratch
  ) {
    // The last panel's spare columns lie inside the block: a block is a whole number of panels.
    for first in stride(from: 0, to: range.count, by: width) {
      Kernels.active.panel_product(
        query, heads * size, keys + (range.lowerBound + first) * size, scratch.scores + first,
        keyBlock, rows, width, size, 0)
    }
  }

  private func gather(
    _ rows: Int, _ values: UnsafePointer<Float>, _ range: Range<Int>, _ scratch: Scratch
  ) {
    let distance = valuePanels * width
    let isFirst = range.lowerBound == 0
    if !isFirst {
      Kernels.active.scale_rows(scratch.gathered, distance, rows, distance, scratch.correction)
    }
    for panel in 0..<valuePanels {
      let isNarrow = valueSize - panel * width <= width / 2
      Kernels.active.panel_product(
        scratch.scores, keyBlock, values + (panel * keys + range.lowerBound) * width,
        scratch.gathered + panel * width, distance, rows, isNarrow ? width / 2 : width,
        range.count, isFirst ? 0 : 1)
    }
  }

  private func finish(
    _ pair: Int, _ block: Int, _ scratch: Scratch, _ out: UnsafeMutablePointer<Float>,
    _ logSums: UnsafeMutablePointer<Float>?
  ) {
    let rows = rows(of: block)
    let (sample, head) = pair.quotientAndRemainder(dividingBy: heads)
    for (place, row) in rows.enumerated() {
      Kernels.active.affine(
        scratch.gathered + place * valuePanels * width, 1 / scratch.total[place], 0,
        out + ((sample * queries + row) * heads + head) * valueSize, valueSize)
      logSums?[pair * queries + row] =
        scratch.maximum[place] + log(scratch.total[place])
    }
  }
}
