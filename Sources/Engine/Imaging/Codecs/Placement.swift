/// Where stored pixels stand in the displayed picture.
///
/// Stored pixel (x, y) is displayed pixel number `base + x * stepX + y * stepY`.
struct Placement {
  let width: Int
  let height: Int
  private let storedWidth: Int
  private let swapsSides: Bool
  private let base: Int
  private let stepX: Int
  private let stepY: Int

  /// - Parameters: stored size and its orientation.
  init(storedWidth: Int, storedHeight: Int, orientation: Orientation) {
    self.storedWidth = storedWidth
    swapsSides = orientation.swapsSides
    width = orientation.swapsSides ? storedHeight : storedWidth
    height = orientation.swapsSides ? storedWidth : storedHeight
    let row = width
    let lastColumn = width - 1
    let lastRow = (height - 1) * width
    (base, stepX, stepY) =
      switch orientation {
      case .upright: (0, 1, row)
      case .mirrored: (lastColumn, -1, row)
      case .upsideDown: (lastRow + lastColumn, -1, -row)
      case .flipped: (lastRow, 1, -row)
      case .transposed: (0, row, 1)
      case .turnedRight: (lastColumn, row, -1)
      case .transversed: (lastRow + lastColumn, -row, -1)
      case .turnedLeft: (lastRow, -row, 1)
      }
  }

  /// Whether stored rows are displayed rows: such strips are decoded in place.
  var isIdentity: Bool { base == 0 && stepX == 1 }

  /// Copies stored rows `y ..< y + rows` of `pixelBytes` bytes a pixel to their places.
  func scatter(
    _ strip: UnsafeRawBufferPointer, y: Int, rows: Int, pixelBytes: Int,
    into target: UnsafeMutableRawBufferPointer
  ) {
    switch pixelBytes {
    case 1: scatter(UInt8.self, strip, y: y, rows: rows, into: target)
    case 3: scatter(Triple<UInt8>.self, strip, y: y, rows: rows, into: target)
    case 4: scatter(UInt32.self, strip, y: y, rows: rows, into: target)
    case 6: scatter(Triple<UInt16>.self, strip, y: y, rows: rows, into: target)
    case 8: scatter(UInt64.self, strip, y: y, rows: rows, into: target)
    default: assertionFailure("no pixel has \(pixelBytes) bytes")
    }
  }

  private func scatter<Pixel: BitwiseCopyable>(
    _ type: Pixel.Type, _ strip: UnsafeRawBufferPointer, y: Int, rows: Int,
    into target: UnsafeMutableRawBufferPointer
  ) {
    let source = strip.bindMemory(to: Pixel.self)
    let pixels = target.bindMemory(to: Pixel.self)
    let columns = storedWidth
    let start = base + y * stepY
    if !swapsSides {
      for row in 0..<rows {
        for x in 0..<columns { pixels[start + row * stepY + x * stepX] = source[row * columns + x] }
      }
    } else {
      // Down the columns of the strip: neighbours there are neighbours in the target's rows.
      for x in 0..<columns {
        for row in 0..<rows {
          pixels[start + row * stepY + x * stepX] = source[row * columns + x]
        }
      }
    }
  }
}

/// Three samples without padding.
private struct Triple<Sample: BitwiseCopyable>: BitwiseCopyable {
  let first: Sample
  let second: Sample
  let third: Sample
}
