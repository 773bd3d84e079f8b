/// What a picture may cost, checked from the header before pixels are decoded.
package struct ImageLimits: Sendable, Hashable {
  /// Of the encoded file.
  package var maxBytes: Int
  /// Width x height, of a picture and of an expanded canvas.
  package var maxPixels: Int
  /// The longer side in pixels; JPEG itself ends at 65,500.
  package var maxSide: Int
  package var maxICCBytes: Int
  /// Scans of a progressive JPEG: each one costs a pass over all coefficients.
  package var maxScans: Int

  package init(
    maxBytes: Int = 64 << 20, maxPixels: Int = 50_000_000, maxSide: Int = 65_500,
    maxICCBytes: Int = 4 << 20, maxScans: Int = 100
  ) {
    self.maxBytes = maxBytes
    self.maxPixels = maxPixels
    self.maxSide = maxSide
    self.maxICCBytes = maxICCBytes
    self.maxScans = maxScans
  }

  /// Throws unless `width` x `height` pixels are allowed.
  package func check(width: Int, height: Int) throws(ImagingError) {
    guard width > 0, height > 0 else { throw .emptyPicture }
    let side = max(width, height)
    let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
    guard !overflow, pixels <= maxPixels else {
      throw .tooManyPixels(width: width, height: height, limit: maxPixels)
    }
    guard side <= maxSide else { throw .sideTooLong(side: side, limit: maxSide) }
  }
}
