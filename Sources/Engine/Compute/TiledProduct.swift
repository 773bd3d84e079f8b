import CKernels

/// Products of many samples with one matrix, cut into tiles that depend on one sample's shape alone:
/// OpenBLAS chooses its inner paths by the shape of a call, so fixed tiles keep a sample's bits the
/// same in any batch and on any number of threads.
package struct TiledProduct: Sendable {
  package let rows: Int
  package let columns: Int
  package let depth: Int
  package let tileRows: Int
  package let tileColumns: Int

  /// - Parameters: the shape of one sample's product, `[rows, depth] x [depth, columns]`.
  package init(rows: Int, columns: Int, depth: Int) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
    (tileRows, tileColumns) = Self.tiles(rows: rows, columns: columns, depth: depth)
  }

  package var rowTiles: Int { (rows + tileRows - 1) / tileRows }
  package var columnTiles: Int { (columns + tileColumns - 1) / tileColumns }
  package var tilesPerSample: Int { rowTiles * columnTiles }

  /// Enough tiles for a handful of threads, each large enough to pay for packing its operands.
  private static func tiles(rows: Int, columns: Int, depth: Int) -> (Int, Int) {
    guard rows > 0, columns > 0, rows * columns * max(depth, 1) > 1 << 18 else {
      return (max(rows, 1), max(columns, 1))
    }
    let wantedTiles = 8
    let rowTiles = max(1, (rows + 255) / 256)
    let tileRows = roundUp((rows + rowTiles - 1) / rowTiles, to: 16)
    let columnTiles = max(1, min(wantedTiles / rowTiles, columns / 64))
    let tileColumns = roundUp((columns + columnTiles - 1) / columnTiles, to: 16)
    return (min(tileRows, rows), min(tileColumns, columns))
  }

  private static func roundUp(_ value: Int, to multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
  }

  /// The part of a sample's output that a tile covers.
  package struct Tile: Sendable {
    package let sample: Int
    package let row: Int
    package let rows: Int
    package let column: Int
    package let columns: Int
  }

  package func tile(_ index: Int) -> Tile {
    let (sample, rest) = index.quotientAndRemainder(dividingBy: tilesPerSample)
    let (rowTile, columnTile) = rest.quotientAndRemainder(dividingBy: columnTiles)
    let row = rowTile * tileRows
    let column = columnTile * tileColumns
    return Tile(
      sample: sample, row: row, rows: min(tileRows, rows - row), column: column,
      columns: min(tileColumns, columns - column))
  }

  /// An operand: where it starts, its row distance, and how far apart the samples' matrices lie.
  package struct Operand {
    let start: UnsafePointer<Float>
    let rowDistance: Int
    let sampleDistance: Int
    let isTransposed: Bool

    package init(
      _ start: UnsafePointer<Float>, rowDistance: Int, sampleDistance: Int,
      isTransposed: Bool = false
    ) {
      self.start = start
      self.rowDistance = rowDistance
      self.sampleDistance = sampleDistance
      self.isTransposed = isTransposed
    }
  }

  /// out[sample] = a[sample] b[sample], contiguous; `finish` is called for each tile when its
  /// values stand, with a pointer to its first one and the distance of its rows.
  package func run(
    samples: Int, _ a: Operand, _ b: Operand, into out: UnsafeMutablePointer<Float>,
    on team: ThreadTeam = .current,
    finish: (Tile, UnsafeMutablePointer<Float>, Int) -> Void = { _, _, _ in }
  ) {
    team.forEach(samples * tilesPerSample) { index in
      let tile = tile(index)
      let target = out + (tile.sample * rows + tile.row) * columns + tile.column
      multiply(tile, a, b, target)
      finish(tile, target, columns)
    }
  }

  private func multiply(
    _ tile: Tile, _ a: Operand, _ b: Operand, _ target: UnsafeMutablePointer<Float>
  ) {
    let left =
      a.start + tile.sample * a.sampleDistance + tile.row * (a.isTransposed ? 1 : a.rowDistance)
    let right =
      b.start + tile.sample * b.sampleDistance
      + tile.column * (b.isTransposed ? b.rowDistance : 1)
    if rows == 1, !a.isTransposed, b.isTransposed {
      Kernels.active.matrix_vector(right, b.rowDistance, tile.columns, depth, left, nil, target)
      return
    }
    BLAS.sgemm(
      a.isTransposed ? .yes : .no, b.isTransposed ? .yes : .no, m: tile.rows, n: tile.columns,
      k: depth, left, lda: a.rowDistance, right, ldb: b.rowDistance, target, ldc: columns)
  }
}

extension ThreadTeam {
  /// Runs `body` over consecutive ranges that cover `0 ..< count`, cut by `count` alone.
  package func forEachRange(_ count: Int, of length: Int = 16_384, _ body: (Range<Int>) -> Void) {
    forEach((count + length - 1) / length) { index in
      body(index * length..<min(count, (index + 1) * length))
    }
  }
}
