import CImageCodecs

/// Writes PNG and JPEG files; the same picture and settings give the same bytes.
package enum ImageEncoder {
  /// Samples as they are, 8 or 16 bits, with profile and colour chunks.
  ///
  /// - Parameters:
  ///   - compression: zlib level, 0 to 9. Level 1 codes runs only, which suits photographs: 2.5 times
  ///     as fast as level 4 and as small; drawings shrink more with 6.
  ///   - parallel: who deflates bands of rows; the bytes do not depend on it.
  package static func png(
    _ picture: Picture, metadata: ImageMetadata = ImageMetadata(), compression: Int = 1,
    parallel: ParallelFor = serially
  ) throws(ImagingError) -> [UInt8] {
    guard (0...9).contains(compression) else {
      throw .invalidParameter(name: "compression", reason: "must be 0 to 9")
    }
    try metadata.check()
    var options = options(for: picture)
    options.compression = Int32(compression)
    picture.pngColour?.describe(&options)
    let writer = try PNGWriter.open(options, profile: picture.profile)
    for text in metadata.texts { try writer.add(key: text.key, value: text.value) }
    if metadata.declaresSyntheticPart {
      try writer.add(key: "XML:com.adobe.xmp", value: ImageMetadata.provenancePacket)
    }
    try writer.write(picture, options, parallel)
    return try writer.finish()
  }

  /// 8 bits a sample; alpha is flattened over white, 16 bits are rounded.
  ///
  /// Chroma is kept at full size from quality 90 on, halved below.
  /// - Parameter quality: 1 to 100.
  package static func jpeg(
    _ picture: Picture, quality: Int = 95, metadata: ImageMetadata = ImageMetadata()
  ) throws(ImagingError) -> [UInt8] {
    guard (1...100).contains(quality) else {
      throw .invalidParameter(name: "quality", reason: "must be 1 to 100")
    }
    try metadata.check()
    var options = options(for: picture)
    (options.channels, options.depth) = (3, 8)
    options.quality = Int32(quality)
    options.full_chroma = quality >= 90 ? 1 : 0
    let writer = try JPEGWriter.open(options, profile: picture.profile)
    if metadata.declaresSyntheticPart {
      let packet = "http://ns.adobe.com/xap/1.0/\0" + ImageMetadata.provenancePacket
      try writer.add(marker: 0xE1, Array(packet.utf8))
    }
    for text in metadata.texts {
      try writer.add(marker: 0xFE, Array("\(text.key): \(text.value)".utf8))
    }
    try writer.write(picture)
    return try writer.finish()
  }

  private static func options(for picture: Picture) -> be_write_options {
    var options = be_write_options()
    options.width = UInt32(clamping: picture.width)
    options.height = UInt32(clamping: picture.height)
    options.channels = Int32(picture.channels)
    options.depth = Int32(picture.depth)
    options.srgb_intent = -1
    return options
  }
}

extension be_write_options {
  /// Calls `body` with options that point to the profile's bytes.
  func with(
    _ profile: ICCProfile?, _ body: (UnsafePointer<be_write_options>) -> OpaquePointer?
  ) -> OpaquePointer? {
    var options = self
    guard let profile else { return body(&options) }
    return profile.bytes.withUnsafeBufferPointer { icc in
      options.icc = icc.baseAddress
      options.icc_count = icc.count
      return body(&options)
    }
  }
}
