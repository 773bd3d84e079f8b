package import Imaging

/// Pictures in a grid.
package struct ContactSheet: Sendable {
  /// Pixels between pictures.
  private static let gap = 4
  private static let ground: Float = 0.16

  /// Pictures of one size, `[side, side, 3]`, row by row.
  package let cells: [FloatImage]
  package let columns: Int

  package init(cells: [FloatImage], columns: Int) {
    self.cells = cells
    self.columns = max(1, min(columns, cells.count))
  }

  /// The sheet as 8-bit RGB; throws where there is no picture, or the sheet would be too large.
  package func picture() throws(ImagingError) -> Picture {
    guard let first = cells.first else { throw .emptyPicture }
    let rows = (cells.count + columns - 1) / columns
    let width = columns * (first.width + Self.gap) + Self.gap
    let height = rows * (first.height + Self.gap) + Self.gap
    try ImageLimits().check(width: width, height: height)
    var samples = [UInt8](repeating: UInt8(Self.ground * 255), count: width * height * 3)
    for (index, cell) in cells.enumerated() {
      guard cell.width == first.width, cell.height == first.height, cell.channels == 3 else {
        throw .sizeMismatch(
          width: cell.width, height: cell.height, expectedWidth: first.width,
          expectedHeight: first.height)
      }
      let x = Self.gap + index % columns * (first.width + Self.gap)
      let y = Self.gap + index / columns * (first.height + Self.gap)
      for row in 0..<cell.height {
        let target = ((y + row) * width + x) * 3
        for sample in 0..<cell.width * 3 {
          let value = min(1, max(0, cell.pixels[row * cell.width * 3 + sample]))
          samples[target + sample] = UInt8(value * 255 + 0.5)
        }
      }
    }
    return try Picture(width: width, height: height, channels: 3, samples: samples)
  }
}

extension FloatImage {
  /// The picture with a hole laid over it in grey and its border in red.
  package func showing(_ hole: Mask) -> FloatImage {
    var result = self
    for y in 0..<height {
      for x in 0..<width where hole[x, y] != 0 {
        let isBorder =
          x == 0 || y == 0 || x == width - 1 || y == height - 1 || hole[x - 1, y] == 0
          || hole[x + 1, y] == 0 || hole[x, y - 1] == 0 || hole[x, y + 1] == 0
        let at = (y * width + x) * 3
        for channel in 0..<3 {
          let veil: Float = isBorder ? (channel == 0 ? 1 : 0.2) : 0.5
          let share: Float = isBorder ? 0.85 : 0.4
          result.pixels[at + channel] = result.pixels[at + channel] * (1 - share) + veil * share
        }
      }
    }
    return result
  }
}
