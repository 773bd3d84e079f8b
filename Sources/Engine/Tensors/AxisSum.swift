import CKernels
import Compute

/// The sum along the middle one of three axes, `[outer, extent, inner]` to `[outer, inner]`, in an
/// order that depends on extent and inner alone: rows are added up in blocks, the blocks' sums in
/// double precision.
struct AxisSum {
  let outer: Int
  let extent: Int
  let inner: Int

  private static let tileColumns = 1_024

  func callAsFunction(_ x: Tensor) -> Tensor {
    x.withPointer { source in
      Tensor(shape: [outer, inner]) { target in
        guard let out = target.baseAddress, target.count > 0 else { return }
        if inner == 1 { sumRows(source, out) } else { sumColumns(source, out) }
      }
    }
  }

  private func sumRows(_ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) {
    ThreadTeam.current.forEachRange(outer, of: max(1, 16_384 / max(extent, 1))) { rows in
      for row in rows { out[row] = Float(Kernels.active.sum(x + row * extent, extent)) }
    }
  }

  private var blockRows: Int { max(32, 16_384 / min(inner, Self.tileColumns)) }
  private var blocks: Int { max(1, (extent + blockRows - 1) / blockRows) }

  private func sumColumns(_ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>) {
    guard blocks > 1 else { return sumBlocks(x, into: out) }
    BufferPool.current.withBuffer(outer * blocks * inner) { sums in
      sumBlocks(x, into: sums)
      ThreadTeam.current.forEach(outer) { item in
        for column in 0..<inner {
          var total = 0.0
          for block in 0..<blocks {
            total += Double(sums[(item * blocks + block) * inner + column])
          }
          out[item * inner + column] = Float(total)
        }
      }
    }
  }

  /// Leaves every block's sums, `[outer, blocks, inner]`.
  private func sumBlocks(_ x: UnsafePointer<Float>, into sums: UnsafeMutablePointer<Float>) {
    let tiles = (inner + Self.tileColumns - 1) / Self.tileColumns
    ThreadTeam.current.forEach(outer * blocks * tiles) { index in
      let (part, tile) = index.quotientAndRemainder(dividingBy: tiles)
      let (item, block) = part.quotientAndRemainder(dividingBy: blocks)
      let (first, column) = (block * blockRows, tile * Self.tileColumns)
      Kernels.active.column_sums(
        x + (item * extent + first) * inner + column, inner, min(blockRows, extent - first),
        min(Self.tileColumns, inner - column), sums + part * inner + column)
    }
  }
}
