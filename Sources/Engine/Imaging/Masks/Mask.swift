/// Which pixels are edited, one byte each: 255 = edit, 0 = keep, between them a blending weight.
package struct Mask: Sendable, Hashable {
  package let width: Int
  package let height: Int
  /// A byte a pixel, `[height, width]`.
  package internal(set) var coverage: [UInt8]

  /// Throws where the number of bytes does not fit the size.
  package init(width: Int, height: Int, coverage: [UInt8]) throws(ImagingError) {
    try ImageLimits(maxPixels: Int.max, maxSide: Int.max).check(width: width, height: height)
    guard coverage.count == width * height else {
      throw .sampleCount(expected: width * height, found: coverage.count)
    }
    self.init(unchecked: coverage, width: width, height: height)
  }

  init(unchecked coverage: [UInt8], width: Int, height: Int) {
    self.width = width
    self.height = height
    self.coverage = coverage
  }

  package subscript(x: Int, y: Int) -> UInt8 { coverage[y * width + x] }

  /// The number of pixels that are not kept.
  package var count: Int {
    coverage.withUnsafeBufferPointer { bytes in
      var count = 0
      for byte in bytes { count += byte == 0 ? 0 : 1 }
      return count
    }
  }

  /// The share of the picture that is edited, 0...1.
  package var share: Double { Double(count) / Double(width * height) }

  /// The smallest rectangle around all pixels that are not kept; nil for an empty mask.
  package var boundingBox: PixelRect? {
    coverage.withUnsafeBufferPointer { bytes in
      var (left, right, top, bottom) = (width, -1, height, -1)
      for y in 0..<height {
        let row = UnsafeBufferPointer(rebasing: bytes[y * width..<(y + 1) * width])
        guard let first = row.firstIndex(where: { $0 != 0 }) else { continue }
        let last = row.lastIndex { $0 != 0 } ?? first
        (left, right, top, bottom) = (min(left, first), max(right, last), min(top, y), y)
      }
      guard right >= 0 else { return nil }
      return PixelRect(x: left, y: top, width: right - left + 1, height: bottom - top + 1)
    }
  }

  /// A part of the mask.
  package func region(_ rect: PixelRect) throws(ImagingError) -> Mask {
    guard rect.isInside(width: width, height: height) else {
      throw .outsidePicture(rect, width: width, height: height)
    }
    var part: [UInt8] = []
    part.reserveCapacity(rect.width * rect.height)
    for y in rect.y..<rect.maxY {
      part.append(contentsOf: coverage[y * width + rect.x..<y * width + rect.maxX])
    }
    return Mask(unchecked: part, width: rect.width, height: rect.height)
  }

  /// Throws unless the mask is as large as a picture of this size.
  package func check(width: Int, height: Int) throws(ImagingError) {
    guard self.width == width, self.height == height else {
      throw .maskSizeMismatch(
        width: self.width, height: self.height, imageWidth: width, imageHeight: height)
    }
  }
}
