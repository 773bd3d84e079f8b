/// Samples as numbers, interleaved `[height, width, channels]`; pictures are sRGB in 0...1.
package struct FloatImage: Sendable, Hashable {
  package let width: Int
  package let height: Int
  package let channels: Int
  package var pixels: [Float]

  /// Throws where the number of samples does not fit the size.
  package init(
    width: Int, height: Int, channels: Int, pixels: [Float]
  ) throws(ImagingError) {
    try ImageLimits(maxPixels: Int.max, maxSide: Int.max).check(width: width, height: height)
    let (expected, overflow) = (width * height).multipliedReportingOverflow(by: channels)
    guard channels > 0, !overflow, expected == pixels.count else {
      throw .sampleCount(expected: expected, found: pixels.count)
    }
    self.init(unchecked: pixels, width: width, height: height, channels: channels)
  }

  init(unchecked pixels: [Float], width: Int, height: Int, channels: Int) {
    self.width = width
    self.height = height
    self.channels = channels
    self.pixels = pixels
  }

  package init(repeating value: Float, width: Int, height: Int, channels: Int) {
    self.init(
      unchecked: [Float](repeating: value, count: max(0, width * height * channels)),
      width: width, height: height, channels: channels)
  }

  package subscript(x: Int, y: Int, channel: Int) -> Float {
    pixels[(y * width + x) * channels + channel]
  }
}

/// Runs `body` for 0 ..< count, in any order and perhaps at once; results do not depend on it.
package typealias ParallelFor = (_ count: Int, _ body: (Int) -> Void) -> Void

/// One after the other on the caller's thread.
package func serially(_ count: Int, _ body: (Int) -> Void) {
  for index in 0..<count { body(index) }
}

/// Cuts `0 ..< count` into bands of `size` and hands each band to `body`.
func inBands(
  _ count: Int, of size: Int, _ parallel: ParallelFor, _ body: (Range<Int>) -> Void
) {
  withoutActuallyEscaping(body) { body in
    parallel((count + size - 1) / size) { band in
      body(band * size..<min(count, (band + 1) * size))
    }
  }
}
