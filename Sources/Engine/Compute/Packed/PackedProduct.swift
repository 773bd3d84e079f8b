import CKernels

/// Products of rows with a packed matrix, cut into tiles by the shapes alone.
///
/// A value is one chain of multiply-adds in the order of the depth, so its bits do not depend on the
/// tiles: samples of a batch share them, and weights are read once for all.
package struct PackedProduct: Sendable {
  package let rows: Int
  package let matrix: PackedMatrix
  private let tileRows: Int
  private let panelsPerTile: Int

  /// A block of rows and depth that stays in the second-level cache of any CPU of the last decade.
  private static let rowLimit = 192
  private static let depthBlock = 256
  /// Enough tasks for a handful of threads to end at about the same time.
  private static let wantedTiles = 16

  package init(rows: Int, matrix: PackedMatrix) {
    self.rows = rows
    self.matrix = matrix
    let rowTiles = max(1, (rows + Self.rowLimit - 1) / Self.rowLimit)
    tileRows = max(1, ((rows + rowTiles - 1) / rowTiles + 11) / 12 * 12)
    let groups = max(1, min(matrix.panels, (Self.wantedTiles + rowTiles - 1) / rowTiles))
    panelsPerTile = max(1, (matrix.panels + groups - 1) / groups)
  }

  private var rowTiles: Int { (rows + tileRows - 1) / tileRows }
  private var panelGroups: Int { (matrix.panels + panelsPerTile - 1) / panelsPerTile }

  /// A part of the output.
  package struct Tile: Sendable {
    package let rows: Range<Int>
    package let columns: Range<Int>
  }

  /// out[rows, columns] = a[rows, depth] matrix.
  ///
  /// - Parameters:
  ///   - distance: from a row of `a` to the next.
  ///   - outDistance: from a row of `out` to the next.
  ///   - finish: called for each tile when its values stand.
  package func run(
    _ a: UnsafePointer<Float>, distance: Int, into out: UnsafeMutablePointer<Float>,
    outDistance: Int, on team: ThreadTeam = .current, finish: (Tile) -> Void = { _ in }
  ) {
    let scratchSize = Self.scratchSize
    BufferPool.current.withBuffer(team.threads * scratchSize) { scratch in
      team.forEach(rowTiles * panelGroups) { index, thread in
        let (rowTile, group) = index.quotientAndRemainder(dividingBy: panelGroups)
        let first = rowTile * tileRows
        let range = first..<min(rows, first + tileRows)
        let panels =
          group * panelsPerTile..<min(matrix.panels, (group + 1) * panelsPerTile)
        Self.multiply(
          a + first * distance, distance, rows: range.count, matrix, panels,
          into: out + first * outDistance, outDistance, scratch + thread * scratchSize)
        let width = PackedMatrix.panelColumns
        finish(
          Tile(
            rows: range,
            columns: panels.lowerBound * width..<min(matrix.columns, panels.upperBound * width)))
      }
    }
  }

  /// Floats of scratch memory that `multiply` needs.
  package static var scratchSize: Int {
    depthBlock * (PackedMatrix.panelColumns + rowLimit)
  }

  /// The product of at most `rowLimit` rows with some panels, on the calling thread; `out` is where
  /// column 0 of the whole matrix would lie.
  package static func multiply(
    _ a: UnsafePointer<Float>, _ distance: Int, rows: Int, _ matrix: PackedMatrix,
    _ panels: Range<Int>, into out: UnsafeMutablePointer<Float>, _ outDistance: Int,
    _ scratch: UnsafeMutablePointer<Float>
  ) {
    let width = PackedMatrix.panelColumns
    let copy = scratch + depthBlock * width
    guard matrix.depth > 0 else {
      for row in 0..<rows {
        let first = panels.lowerBound * width
        let count = min(matrix.columns, panels.upperBound * width) - first
        (out + row * outDistance + first).update(repeating: 0, count: count)
      }
      return
    }
    for start in stride(from: 0, to: matrix.depth, by: depthBlock) {
      let depth = start..<min(matrix.depth, start + depthBlock)
      var (left, leftDistance) = (a + start, distance)
      if rows > 1, distance % 1_024 == 0 {
        // Rows a multiple of 4 KiB apart would push each other out of the first-level cache.
        for row in 0..<rows {
          (copy + row * depth.count).update(from: left + row * distance, count: depth.count)
        }
        (left, leftDistance) = (UnsafePointer(copy), depth.count)
      }
      for panel in panels {
        let columns = min(width, matrix.columns - panel * width)
        Kernels.active.panel_product(
          left, leftDistance, matrix.panelRows(panel, depth, scratch: scratch),
          out + panel * width, outDistance, rows, columns, depth.count, start > 0 ? 1 : 0)
      }
    }
  }
}
