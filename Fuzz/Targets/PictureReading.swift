import Imaging

/// What the decoder promises of a file, whatever its format.
enum PictureReading {
  /// Small, so that the fuzzer's time goes into readers and not into pixels.
  private static let limits = ImageLimits(
    maxBytes: 1 << 15, maxPixels: 1 << 16, maxSide: 4096, maxICCBytes: 1 << 14, maxScans: 12)

  static func verdict(_ input: [UInt8], format: ImageFormat) -> FuzzVerdict {
    do {
      let info = try ImageDecoder.probe(input, limits: limits)
      guard info.format == format else { return .refused("a \(info.format)") }
      guard info.width * info.height <= limits.maxPixels else {
        return .wrong("too large: \(info)")
      }
      let picture = try ImageDecoder.decode(input, limits: limits)
      if let fault = try fault(of: picture, info) { return .wrong(fault) }
      return try readMask(input, picture)
    } catch {
      return .refused("\(error)")
    }
  }

  /// The picture is what its header said, and the same when written and read again.
  private static func fault(of picture: Picture, _ info: ImageInfo) throws(ImagingError) -> String?
  {
    guard picture.width == info.width, picture.height == info.height,
      picture.channels == info.channels, picture.depth == info.depth,
      picture.pixels.count == info.decodedBytes
    else { return "\(picture.width) x \(picture.height), but \(info)" }
    let metadata = ImageMetadata(declaresSyntheticPart: false)
    let written = try ImageEncoder.png(picture, metadata: metadata)
    let again = try ImageDecoder.decode(written)
    return again.pixels == picture.pixels && again.profile == picture.profile
      ? nil : "another picture when written and read again"
  }

  /// The same file as a mask of its own picture.
  private static func readMask(
    _ input: [UInt8], _ picture: Picture
  ) throws(ImagingError) -> FuzzVerdict {
    do throws(ImagingError) {
      let reading = try MaskReader.read(
        input, width: picture.width, height: picture.height, limits: limits)
      return (0...1).contains(reading.share) && reading.share > 0
        ? .accepted : .wrong("a share of \(reading.share)")
    } catch .emptyMask {
      return .accepted
    }
  }
}
