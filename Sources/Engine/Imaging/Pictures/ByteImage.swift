/// 8-bit samples, interleaved `[height, width, channels]`: pictures as Pillow computes with them.
package struct ByteImage: Sendable, Hashable {
  package let width: Int
  package let height: Int
  /// 1 (grey), 3 (RGB) or 4 (RGBA, alpha not premultiplied).
  package let channels: Int
  package let samples: [UInt8]

  /// Throws for other channels, and where the number of samples does not fit the size.
  package init(
    width: Int, height: Int, channels: Int, samples: [UInt8]
  ) throws(ImagingError) {
    try ImageLimits(maxPixels: Int.max, maxSide: Int.max).check(width: width, height: height)
    guard [1, 3, 4].contains(channels) else {
      throw .channelCount(expected: 3, found: channels)
    }
    let (expected, overflow) = (width * height).multipliedReportingOverflow(by: channels)
    guard !overflow, expected == samples.count else {
      throw .sampleCount(expected: expected, found: samples.count)
    }
    self.init(unchecked: samples, width: width, height: height, channels: channels)
  }

  init(unchecked samples: [UInt8], width: Int, height: Int, channels: Int) {
    (self.width, self.height) = (width, height)
    (self.channels, self.samples) = (channels, samples)
  }

  /// Rounds samples in 0...1 to 8 bits.
  package init(_ picture: FloatImage) throws(ImagingError) {
    try self.init(
      width: picture.width, height: picture.height, channels: picture.channels,
      samples: picture.pixels.map { UInt8(($0.clampedToUnit * 255).rounded()) })
  }

  /// The samples in 0...1.
  package var floats: FloatImage {
    FloatImage(
      unchecked: samples.map { Float($0) / 255 }, width: width, height: height,
      channels: channels)
  }

  /// The picture, or a part of it, at another size: Pillow's `resize`, bit for bit.
  ///
  /// Transparent colours count by their opacity.
  /// - Parameters:
  ///   - size: of the whole result.
  ///   - window: the part of the result that is wanted, all of it where nil; only that is computed.
  package func resized(
    to size: (width: Int, height: Int), window: PixelRect? = nil, filter: ResampleFilter
  ) throws(ImagingError) -> ByteImage {
    let window = window ?? PixelRect(x: 0, y: 0, width: size.width, height: size.height)
    guard window.isInside(width: size.width, height: size.height) else {
      throw .outsidePicture(window, width: size.width, height: size.height)
    }
    try ImageLimits(maxPixels: Int.max / 64, maxSide: Int.max)
      .check(width: window.width, height: window.height)
    let resampler = ByteResampler(
      from: (width, height), to: size, window: window, channels: channels, filter)
    let isWeighted = channels == 4 && size != (width, height)
    let result = ByteImage(
      unchecked: resampler(isWeighted ? premultiplied.samples : samples, width: width),
      width: window.width, height: window.height, channels: channels)
    return isWeighted ? result.dividedByAlpha : result
  }
}
