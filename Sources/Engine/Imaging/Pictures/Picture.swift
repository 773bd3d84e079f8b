/// A decoded picture as it is displayed.
package struct Picture: Sendable, Hashable {
  package let width: Int
  package let height: Int
  /// 3 (RGB) or 4 (RGBA, alpha not premultiplied).
  package let channels: Int
  /// Bits a sample: 8 or 16.
  package let depth: Int
  /// `[height, width, channels]`; 16-bit samples in the machine's byte order.
  package internal(set) var pixels: [UInt8]
  /// The RGB space of the samples; nil means sRGB.
  package let profile: ICCProfile?
  /// Colour chunks of a PNG file, passed on as they are.
  package let pngColour: PNGColour?
  /// What was done to the file's pixels that its owner may want to know.
  package let notes: [PictureNote]

  package var hasAlpha: Bool { channels == 4 }
  package var bounds: PixelRect { PixelRect(x: 0, y: 0, width: width, height: height) }
  var sampleBytes: Int { depth / 8 }
  var pixelBytes: Int { channels * depth / 8 }

  /// An own picture, of `[height, width, channels]` samples in the machine's byte order.
  package init(
    width: Int, height: Int, channels: Int, depth: Int = 8, samples: [UInt8],
    profile: ICCProfile? = nil
  ) throws(ImagingError) {
    try ImageLimits(maxPixels: Int.max, maxSide: Int.max).check(width: width, height: height)
    guard channels == 3 || channels == 4 else {
      throw .channelCount(expected: 3, found: channels)
    }
    guard depth == 8 || depth == 16 else {
      throw .invalidParameter(name: "depth", reason: "8 or 16 bits a sample are possible")
    }
    let (expected, overflow) = (width * height).multipliedReportingOverflow(
      by: channels * depth / 8)
    guard !overflow, expected == samples.count else {
      throw .sampleCount(expected: expected, found: samples.count)
    }
    self.init(
      width: width, height: height, channels: channels, depth: depth, pixels: samples,
      profile: profile, pngColour: nil, notes: [])
  }

  init(
    width: Int, height: Int, channels: Int, depth: Int, pixels: [UInt8], profile: ICCProfile?,
    pngColour: PNGColour?, notes: [PictureNote]
  ) {
    self.width = width
    self.height = height
    self.channels = channels
    self.depth = depth
    self.pixels = pixels
    self.profile = profile
    self.pngColour = pngColour
    self.notes = notes
  }
}

/// What decoding did beyond reading.
package enum PictureNote: String, Sendable, Hashable {
  /// Printing inks were converted to sRGB.
  case convertedFromCMYK
  /// Grey with a profile was converted to sRGB.
  case convertedFromGreyProfile
  /// The colour profile cannot be used; the numbers are read as sRGB.
  case profileIgnored
}
