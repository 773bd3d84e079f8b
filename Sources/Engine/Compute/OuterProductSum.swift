import CKernels

/// Sums of outer products over many rows, leftᵀ right: what the gradient of a weight matrix is.
///
/// The rows are cut by the shape alone: many rows and a small result go in lanes, each with a result
/// of its own that are added up in their order at the end; a large result is cut into tiles instead.
package struct OuterProductSum: Sendable {
  package let rows: Int
  /// Columns of the left matrix, rows of the result.
  package let height: Int
  /// Columns of the right matrix and of the result.
  package let width: Int

  package init(rows: Int, height: Int, width: Int) {
    (self.rows, self.height, self.width) = (rows, height, width)
  }

  /// The right matrix `[rows, width]`: in memory, or made block by block where it is needed.
  package enum Right {
    case stored(UnsafePointer<Float>)
    /// Writes a range of rows.
    case made((Range<Int>, UnsafeMutablePointer<Float>) -> Void)
  }

  /// Results that are added up at the end: at most 8, of at most 16 MiB together.
  private var lanes: Int {
    max(1, min(8, rows / 512, (1 << 22) / max(height * width, 1)))
  }

  /// out`[height, width]` = leftᵀ right, with left `[rows, height]`.
  package func run(
    _ left: UnsafePointer<Float>, _ right: Right, into out: UnsafeMutablePointer<Float>
  ) {
    guard height > 0, width > 0 else { return }
    guard rows > 0 else { return out.update(repeating: 0, count: height * width) }
    if lanes > 1 { runLanes(left, right, into: out) } else { runTiles(left, right, into: out) }
  }

  // MARK: Lanes

  private var blockRows: Int { min(max(64, 131_072 / width / 16 * 16), 512) }

  private func runLanes(
    _ left: UnsafePointer<Float>, _ right: Right, into out: UnsafeMutablePointer<Float>
  ) {
    let (team, lanes, size) = (ThreadTeam.current, lanes, height * width)
    let scratchPerThread = if case .made = right { blockRows * width } else { 0 }
    BufferPool.current.withBuffer((lanes - 1) * size + team.threads * scratchPerThread) { memory in
      team.forEach(lanes) { lane, thread in
        let target = lane == 0 ? out : memory + (lane - 1) * size
        let scratch = memory + (lanes - 1) * size + thread * scratchPerThread
        add(lane * rows / lanes..<(lane + 1) * rows / lanes, left, right, scratch, target)
      }
      team.forEachRange(size) { range in
        for lane in 0..<lanes - 1 {
          let target = out + range.lowerBound
          Kernels.active.add(target, memory + lane * size + range.lowerBound, target, range.count)
        }
      }
    }
  }

  private func add(
    _ range: Range<Int>, _ left: UnsafePointer<Float>, _ right: Right,
    _ scratch: UnsafeMutablePointer<Float>, _ target: UnsafeMutablePointer<Float>
  ) {
    for first in stride(from: range.lowerBound, to: range.upperBound, by: blockRows) {
      let block = first..<min(first + blockRows, range.upperBound)
      var source = UnsafePointer(scratch)
      switch right {
      case .stored(let start): source = start + first * width
      case .made(let fill): fill(block, scratch)
      }
      Kernels.active.outer_products(
        left + first * height, height, source, width, target, width, height, width, block.count,
        first == range.lowerBound ? 0 : 1)
    }
  }

  // MARK: Tiles

  private func runTiles(
    _ left: UnsafePointer<Float>, _ right: Right, into out: UnsafeMutablePointer<Float>
  ) {
    switch right {
    case .stored(let start): multiply(0..<rows, left, start, into: out)
    case .made(let fill):
      // At most 64 MiB of rows at once.
      let some = min(rows, max(1, 1 << 24 / width))
      BufferPool.current.withBuffer(some * width) { made in
        for first in stride(from: 0, to: rows, by: some) {
          let range = first..<min(first + some, rows)
          ThreadTeam.current.forEachRange(range.count, of: 64) { part in
            fill(
              first + part.lowerBound..<first + part.upperBound, made + part.lowerBound * width)
          }
          multiply(range, left, made, into: out)
        }
      }
    }
  }

  /// - Parameter right: the first row of the range.
  private func multiply(
    _ range: Range<Int>, _ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>,
    into out: UnsafeMutablePointer<Float>
  ) {
    let down = (height + 255) / 256
    // As many rows in each, and an even number of tiles, so that two threads end together.
    let tileRows = ((height + down - 1) / down + 15) / 16 * 16
    let wanted = 8 / down + 1
    let across = max(1, min(wanted + (down * wanted) % 2, width / 64))
    let tileColumns = ((width + across - 1) / across + 15) / 16 * 16
    let columnTiles = (width + tileColumns - 1) / tileColumns
    ThreadTeam.current.forEach(down * columnTiles) { index in
      let (row, column) = (index / columnTiles * tileRows, index % columnTiles * tileColumns)
      Kernels.active.outer_products(
        left + range.lowerBound * height + row, height, right + column, width,
        out + row * width + column, width, min(tileRows, height - row),
        min(tileColumns, width - column), range.count, range.lowerBound == 0 ? 0 : 1)
    }
  }
}
