import CImageCodecs

/// Writes PNG and JPEG files; the same picture and settings give the same bytes.
package enum ImageEncoder {
  /// Samples as they are, 8 or 16 bits, with profile and colour chunks.
  ///
  /// - Parameter compression: zlib level, 0 to 9.
  package static func png(
    _ picture: Picture, metadata: ImageMetadata = ImageMetadata(), compression: Int = 4
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
    try writer.write(picture)
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

/// One PNG file being written.
private struct PNGWriter: ~Copyable {
  private let handle: OpaquePointer

  private init(handle: OpaquePointer) { self.handle = handle }

  static func open(
    _ options: be_write_options, profile: ICCProfile?
  ) throws(ImagingError) -> PNGWriter {
    var error = be_error()
    guard let handle = options.with(profile, { be_png_writer_open($0, &error) }) else {
      throw .notEncoded(.png, reason: error.text)
    }
    return PNGWriter(handle: handle)
  }

  deinit { be_png_writer_close(handle) }

  func add(key: String, value: String) throws(ImagingError) {
    var error = be_error()
    guard be_png_writer_text(handle, key, value, &error) == BE_OK else {
      throw .notEncoded(.png, reason: error.text)
    }
  }

  func write(_ picture: Picture) throws(ImagingError) {
    var error = be_error()
    let rowBytes = picture.width * picture.pixelBytes
    let status = picture.pixels.withUnsafeBufferPointer {
      be_png_write_rows(handle, $0.baseAddress, rowBytes, UInt32(picture.height), &error)
    }
    guard status == BE_OK else { throw .notEncoded(.png, reason: error.text) }
  }

  func finish() throws(ImagingError) -> [UInt8] {
    var error = be_error()
    var bytes: UnsafePointer<UInt8>?
    var count = 0
    guard be_png_writer_finish(handle, &bytes, &count, &error) == BE_OK else {
      throw .notEncoded(.png, reason: error.text)
    }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}

/// One JPEG file being written.
private struct JPEGWriter: ~Copyable {
  private let handle: OpaquePointer

  private init(handle: OpaquePointer) { self.handle = handle }

  static func open(
    _ options: be_write_options, profile: ICCProfile?
  ) throws(ImagingError) -> JPEGWriter {
    var error = be_error()
    guard let handle = options.with(profile, { be_jpeg_writer_open($0, &error) }) else {
      throw .notEncoded(.jpeg, reason: error.text)
    }
    return JPEGWriter(handle: handle)
  }

  deinit { be_jpeg_writer_close(handle) }

  func add(marker: Int32, _ bytes: [UInt8]) throws(ImagingError) {
    var error = be_error()
    guard be_jpeg_writer_marker(handle, marker, bytes, bytes.count, &error) == BE_OK else {
      throw .notEncoded(.jpeg, reason: error.text)
    }
  }

  func write(_ picture: Picture) throws(ImagingError) {
    var error = be_error()
    var line = [UInt8](repeating: 0, count: picture.width * 3)
    for y in 0..<picture.height {
      picture.readFlat(y, &line)
      guard be_jpeg_write_rows(handle, line, line.count, 1, &error) == BE_OK else {
        throw .notEncoded(.jpeg, reason: error.text)
      }
    }
  }

  func finish() throws(ImagingError) -> [UInt8] {
    var error = be_error()
    var bytes: UnsafePointer<UInt8>?
    var count = 0
    guard be_jpeg_writer_finish(handle, &bytes, &count, &error) == BE_OK else {
      throw .notEncoded(.jpeg, reason: error.text)
    }
    return Array(UnsafeBufferPointer(start: bytes, count: count))
  }
}

extension be_write_options {
  /// Calls `body` with options that point to the profile's bytes.
  fileprivate func with(
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

extension Picture {
  /// Row `y` as 8-bit RGB, `[width, 3]`, transparent parts over white.
  func readFlat(_ y: Int, _ line: inout [UInt8]) {
    let start = y * width * pixelBytes
    pixels.withUnsafeBytes { all in
      let row = UnsafeRawBufferPointer(rebasing: all[start..<start + width * pixelBytes])
      line.withUnsafeMutableBufferPointer { line in
        if depth == 8 {
          flatten(row.bindMemory(to: UInt8.self), line)
        } else {
          flatten(row.bindMemory(to: UInt16.self), line)
        }
      }
    }
  }

  private func flatten<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: UnsafeBufferPointer<Sample>, _ line: UnsafeMutableBufferPointer<UInt8>
  ) {
    let highest = Int(Sample.max)
    for x in 0..<width {
      let alpha = channels == 4 ? Int(row[x * 4 + 3]) : highest
      for channel in 0..<3 {
        let sample = Int(row[x * channels + channel])
        let flat = (sample * alpha + highest * (highest - alpha) + highest / 2) / highest
        line[x * 3 + channel] = UInt8((flat * 255 + highest / 2) / highest)
      }
    }
  }
}
