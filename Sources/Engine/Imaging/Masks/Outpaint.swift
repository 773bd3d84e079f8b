/// How many pixels the canvas grows on each side.
package struct Expansion: Sendable, Hashable {
  package var left: Int
  package var top: Int
  package var right: Int
  package var bottom: Int

  package init(left: Int = 0, top: Int = 0, right: Int = 0, bottom: Int = 0) {
    self.left = left
    self.top = top
    self.right = right
    self.bottom = bottom
  }

  /// The grown canvas and where the old picture lies in it.
  ///
  /// Throws for negative sides, for no growth at all, and beyond the limits.
  package func canvas(
    width: Int, height: Int, limits: ImageLimits
  ) throws(ImagingError) -> (width: Int, height: Int, inner: PixelRect) {
    let sides = [left, top, right, bottom]
    guard sides.allSatisfy({ $0 >= 0 }) else {
      throw .invalidParameter(name: "expand", reason: "sides must be 0 or more pixels")
    }
    guard sides.allSatisfy({ $0 <= limits.maxSide }) else {
      throw .sideTooLong(side: sides.max() ?? 0, limit: limits.maxSide)
    }
    guard sides.contains(where: { $0 > 0 }) else { throw .emptyMask(.border) }
    let (newWidth, newHeight) = (left + width + right, top + height + bottom)
    try limits.check(width: newWidth, height: newHeight)
    return (newWidth, newHeight, PixelRect(x: left, y: top, width: width, height: height))
  }
}

extension Picture {
  /// The picture on a larger canvas; new pixels are mid-grey and opaque.
  package func expanded(
    by expansion: Expansion, limits: ImageLimits = ImageLimits()
  ) throws(ImagingError) -> Picture {
    let canvas = try expansion.canvas(width: width, height: height, limits: limits)
    let (inner, row) = (canvas.inner, canvas.width * pixelBytes)
    let count = row * canvas.height
    let grown = try [UInt8].filled(count) { (target) throws(ImagingError) in
      Self.fillGrey(target, channels: channels, depth: depth)
      pixels.withUnsafeBytes { source in
        let line = width * pixelBytes
        for y in 0..<height {
          let start = (inner.y + y) * row + inner.x * pixelBytes
          UnsafeMutableRawBufferPointer(rebasing: target[start..<start + line])
            .copyMemory(from: UnsafeRawBufferPointer(rebasing: source[y * line..<(y + 1) * line]))
        }
      }
    }
    return Picture(
      width: canvas.width, height: canvas.height, channels: channels, depth: depth, pixels: grown,
      profile: profile, pngColour: pngColour, notes: notes)
  }

  private static func fillGrey(
    _ target: UnsafeMutableRawBufferPointer, channels: Int, depth: Int
  ) {
    let bytes = depth / 8
    for index in target.indices {
      target[index] = channels == 4 && index / bytes % 4 == 3 ? 255 : 128
    }
  }
}

extension Mask {
  /// The mask of an expanded canvas: the new border, and the old hole if there was one.
  package static func border(
    _ expansion: Expansion, width: Int, height: Int, inner: Mask? = nil,
    limits: ImageLimits = ImageLimits()
  ) throws(ImagingError) -> Mask {
    let canvas = try expansion.canvas(width: width, height: height, limits: limits)
    try inner?.check(width: width, height: height)
    var coverage = [UInt8](repeating: 255, count: canvas.width * canvas.height)
    for y in 0..<height {
      let start = (canvas.inner.y + y) * canvas.width + canvas.inner.x
      if let inner {
        coverage.replaceSubrange(
          start..<start + width, with: inner.coverage[y * width..<(y + 1) * width])
      } else {
        coverage.replaceSubrange(start..<start + width, with: repeatElement(0, count: width))
      }
    }
    return Mask(unchecked: coverage, width: canvas.width, height: canvas.height)
  }
}
