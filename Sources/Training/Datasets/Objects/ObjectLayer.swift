internal import Imaging

/// An object as it is laid over a picture.
struct ObjectLayer: Sendable {
  /// Where it lies; parts may stick out of the picture.
  var rect: PixelRect
  /// Colour times coverage, `[rect.height, rect.width, 3]`.
  var colour: [Float]
  /// The share of each pixel that the object covers, `[rect.height, rect.width]`.
  var coverage: [Float]
}

extension ObjectLayer {
  /// The layer over a picture `[height, width, 3]`, where the hole lets it be.
  func compose(over picture: inout FloatImage, inside hole: Mask? = nil) {
    let (width, height) = (picture.width, picture.height)
    picture.pixels.withUnsafeMutableBufferPointer { pixels in
      for row in max(0, -rect.y)..<max(0, -rect.y, min(rect.height, height - rect.y)) {
        for column in max(0, -rect.x)..<max(0, -rect.x, min(rect.width, width - rect.x)) {
          let (source, target) = (
            row * rect.width + column, (rect.y + row) * width + rect.x + column
          )
          let alpha = coverage[source]
          guard alpha > 0, hole.map({ $0.coverage[target] != 0 }) ?? true else { continue }
          for channel in 0..<3 {
            let under = pixels[target * 3 + channel]
            pixels[target * 3 + channel] = under * (1 - alpha) + colour[source * 3 + channel]
          }
        }
      }
    }
  }

  /// Coverage in whole pixels of a picture, 0...255, `[height, width]`.
  func coverage(width: Int, height: Int) -> [UInt8] {
    var result = [UInt8](repeating: 0, count: width * height)
    for row in 0..<rect.height where (0..<height).contains(rect.y + row) {
      for column in 0..<rect.width where (0..<width).contains(rect.x + column) {
        let value = min(255, coverage[row * rect.width + column] * 255 + 0.5)
        result[(rect.y + row) * width + rect.x + column] = UInt8(value)
      }
    }
    return result
  }
}
