import Imaging

/// One number a pixel, `[height, width]`: what the oracle's terms are computed on.
struct Plane {
  let width: Int
  let height: Int
  var values: [Float]

  init(width: Int, height: Int, values: [Float]) {
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// Luma of the stored numbers by the weights of Rec 601, 0...1.
  init(lumaOf image: FloatImage) {
    self.init(image, red: 0.299, green: 0.587, blue: 0.114)
  }

  /// A weighted sum of the first three channels.
  init(_ image: FloatImage, red: Float, green: Float, blue: Float) {
    (width, height) = (image.width, image.height)
    let channels = image.channels
    values = (0..<image.width * image.height).map { index in
      let pixel = index * channels
      return red * image.pixels[pixel] + green * image.pixels[pixel + 1]
        + blue * image.pixels[pixel + 2]
    }
  }

  /// A value, the border's own beyond the border.
  subscript(x: Int, y: Int) -> Float {
    values[min(max(y, 0), height - 1) * width + min(max(x, 0), width - 1)]
  }

  /// The mean over a square of `2 * radius + 1` pixels, the border repeated; O(pixels x radius).
  func averaged(_ radius: Int) -> Plane {
    guard radius > 0 else { return self }
    let share = 1 / Float(2 * radius + 1)
    var rows = self
    for y in 0..<height {
      for x in 0..<width {
        rows.values[y * width + x] =
          share * (-radius...radius).reduce(0) { $0 + self[x + $1, y] }
      }
    }
    var result = rows
    for y in 0..<height {
      for x in 0..<width {
        result.values[y * width + x] =
          share * (-radius...radius).reduce(0) { $0 + rows[x, y + $1] }
      }
    }
    return result
  }

  /// The second derivative by the four neighbours.
  func laplacian(_ x: Int, _ y: Int) -> Float {
    self[x - 1, y] + self[x + 1, y] + self[x, y - 1] + self[x, y + 1] - 4 * self[x, y]
  }

  /// The slope by central differences, a pixel.
  func gradient(_ x: Int, _ y: Int) -> (x: Float, y: Float) {
    (0.5 * (self[x + 1, y] - self[x - 1, y]), 0.5 * (self[x, y + 1] - self[x, y - 1]))
  }

  /// The mean over the pixels where the mask is set; 0 where none is.
  func mean(over mask: Mask) -> Float {
    var (sum, count): (Float, Float) = (0, 0)
    for (index, coverage) in mask.coverage.enumerated() where coverage != 0 {
      sum += values[index]
      count += 1
    }
    return count > 0 ? sum / count : 0
  }
}
