package import Imaging

/// What a probe sees of an edit: the hole with a little of its surroundings, at the probe's size.
package struct ProbeView: Sendable {
  /// Of the hole's longer side, on each side of it.
  private static let margin = 0.15

  let side: Int

  package init(side: Int) { self.side = side }

  /// The square around the hole, held inside the picture as far as it fits; the whole picture where
  /// nothing is selected.
  package func frame(of hole: Mask) -> PixelRect {
    guard let box = hole.boundingBox else {
      return PixelRect(x: 0, y: 0, width: hole.width, height: hole.height)
    }
    let longer = Double(max(box.width, box.height))
    let wanted = Int((longer * (1 + 2 * Self.margin)).rounded())
    let (width, height) = (min(wanted, hole.width), min(wanted, hole.height))
    func begin(_ start: Int, _ length: Int, _ size: Int, _ whole: Int) -> Int {
      min(max(0, start + (length - size) / 2), whole - size)
    }
    return PixelRect(
      x: begin(box.x, box.width, width, hole.width),
      y: begin(box.y, box.height, height, hole.height), width: width, height: height)
  }

  /// `[side, side, 3]` in 0...1.
  package func callAsFunction(_ picture: FloatImage, hole: Mask) throws -> FloatImage {
    try picture.region(frame(of: hole)).resized(width: side, height: side, filter: .bilinear)
  }
}

extension FloatImage {
  /// A part of the picture, which lies inside it.
  func region(_ rect: PixelRect) throws -> FloatImage {
    guard rect.isInside(width: width, height: height) else {
      throw ImagingError.outsidePicture(rect, width: width, height: height)
    }
    var part: [Float] = []
    part.reserveCapacity(rect.width * rect.height * channels)
    for y in rect.y..<rect.maxY {
      part += pixels[(y * width + rect.x) * channels..<(y * width + rect.maxX) * channels]
    }
    return try FloatImage(
      width: rect.width, height: rect.height, channels: channels, pixels: part)
  }
}
