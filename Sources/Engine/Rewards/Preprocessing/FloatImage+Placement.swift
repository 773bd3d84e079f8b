import Imaging

extension FloatImage {
  /// Three channels: grey repeated, a fourth channel left out.
  var rgbWithoutAlpha: FloatImage {
    guard channels != 3 else { return self }
    var result = FloatImage(repeating: 0, width: width, height: height, channels: 3)
    for index in 0..<width * height {
      for channel in 0..<3 {
        result.pixels[index * 3 + channel] =
          pixels[index * channels + min(channel, channels - 1)]
      }
    }
    return result
  }

  /// A part that lies inside.
  func part(_ rect: PixelRect) -> FloatImage {
    placed(x: -rect.x, y: -rect.y, width: rect.width, height: rect.height)
  }

  /// The picture on a black ground of another size, its corner at (`x`, `y`), which may be outside.
  func placed(x: Int, y: Int, width: Int, height: Int) -> FloatImage {
    guard (x, y, width, height) != (0, 0, self.width, self.height) else { return self }
    var result = FloatImage(repeating: 0, width: width, height: height, channels: channels)
    let columns = max(0, x)..<max(0, x, min(width, x + self.width))
    for row in max(0, y)..<max(0, y, min(height, y + self.height)) where !columns.isEmpty {
      let from = ((row - y) * self.width + columns.lowerBound - x) * channels
      let to = (row * width + columns.lowerBound) * channels
      let count = columns.count * channels
      result.pixels.replaceSubrange(to..<to + count, with: pixels[from..<from + count])
    }
    return result
  }
}

extension PixelRect {
  /// What lies inside a picture of this size; one pixel at least.
  func clipped(width: Int, height: Int) -> PixelRect {
    let (left, top) = (min(max(0, x), width - 1), min(max(0, y), height - 1))
    return PixelRect(
      x: left, y: top, width: max(1, min(width, maxX) - left),
      height: max(1, min(height, maxY) - top))
  }
}
