import CImageCodecs

/// What a file's header says.
package struct ImageInfo: Sendable, Hashable {
  package let format: ImageFormat
  /// As displayed, in pixels.
  package let width: Int
  /// As displayed, in pixels.
  package let height: Int
  /// Of the decoded picture: 3 (RGB) or 4 (RGBA).
  package let channels: Int
  /// Bits a sample: 8 or 16.
  package let depth: Int
  package let orientation: Orientation
  package let hasProfile: Bool

  package var hasAlpha: Bool { channels == 4 }
  /// Of the decoded pixels, for memory budgets.
  package var decodedBytes: Int { width * height * channels * depth / 8 }

  init(_ reader: borrowing CodecReader) {
    let header = reader.header
    format = reader.format
    orientation = Orientation(
      exif: UnsafeBufferPointer(start: header.exif, count: header.exif_count))
    width = Int(orientation.swapsSides ? header.height : header.width)
    height = Int(orientation.swapsSides ? header.width : header.height)
    channels = header.is_cmyk == 0 && header.channels % 2 == 0 ? 4 : 3
    depth = Int(header.depth)
    hasProfile = header.icc != nil
  }
}
