/// A rectangle of whole pixels, origin at the top left.
package struct PixelRect: Sendable, Hashable, CustomStringConvertible {
  package var x: Int
  package var y: Int
  package var width: Int
  package var height: Int

  package init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  /// One past the last column.
  package var maxX: Int { x + width }
  /// One past the last row.
  package var maxY: Int { y + height }
  package var description: String { "\(width)x\(height) at (\(x), \(y))" }

  /// Whether it lies, with at least one pixel, inside a picture of this size.
  package func isInside(width: Int, height: Int) -> Bool {
    x >= 0 && y >= 0 && self.width > 0 && self.height > 0
      && self.width <= width && self.height <= height
      && x <= width - self.width && y <= height - self.height
  }

  package func union(_ other: PixelRect) -> PixelRect {
    let left = min(x, other.x)
    let top = min(y, other.y)
    return PixelRect(
      x: left, y: top, width: max(maxX, other.maxX) - left, height: max(maxY, other.maxY) - top)
  }

  package func intersects(_ other: PixelRect) -> Bool {
    x < other.maxX && other.x < maxX && y < other.maxY && other.y < maxY
  }

  /// Grown by `margin` on every side, then cut to a picture of the given size.
  package func expanded(by margin: Int, width: Int, height: Int) -> PixelRect {
    let left = max(0, x - min(margin, x))
    let top = max(0, y - min(margin, y))
    let right = min(width, margin > width - maxX ? width : maxX + margin)
    let bottom = min(height, margin > height - maxY ? height : maxY + margin)
    return PixelRect(x: left, y: top, width: right - left, height: bottom - top)
  }
}
