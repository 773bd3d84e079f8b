import CImageCodecs

/// Reads PNG and JPEG files.
package enum ImageDecoder {
  /// What the header says, without decoding pixels.
  ///
  /// Throws for unknown formats, damaged headers and whatever passes the limits.
  package static func probe(
    _ bytes: [UInt8], limits: ImageLimits = ImageLimits()
  ) throws(ImagingError) -> ImageInfo {
    try bytes.withUnsafeBufferPointer { (buffer) throws(ImagingError) in
      ImageInfo(try CodecReader.open(buffer, limits: limits))
    }
  }

  /// The picture as it is to be displayed: orientation applied, RGB or RGBA of 8 or 16 bits.
  ///
  /// Grey is replicated and palettes are looked up; RGB profiles are kept; CMYK, and grey with a
  /// profile of its own, become sRGB. A profile that cannot be used is dropped with a note. Of
  /// animations the first frame is read. Throws for damaged or truncated files, never traps.
  package static func decode(
    _ bytes: [UInt8], limits: ImageLimits = ImageLimits()
  ) throws(ImagingError) -> Picture {
    try bytes.withUnsafeBufferPointer { (buffer) throws(ImagingError) in
      let reader = try CodecReader.open(buffer, limits: limits)
      let converter = StripConverter(reader.header, managesColour: true)
      return try picture(reader, converter)
    }
  }

  private static func picture(
    _ reader: borrowing CodecReader, _ converter: StripConverter
  ) throws(ImagingError) -> Picture {
    let info = ImageInfo(reader)
    let placement = Placement(reader)
    let count = info.width * info.height * converter.pixelBytes
    let pixels = try [UInt8].filled(count) { (target) throws(ImagingError) in
      if placement.isIdentity && converter.isIdentity {
        let rowBytes = info.width * converter.pixelBytes
        try reader.readRows(target, rowBytes: rowBytes, count: info.height)
      } else {
        try forEachStrip(reader, converter) { strip, y, rows in
          placement.scatter(
            strip, y: y, rows: rows, pixelBytes: converter.pixelBytes, into: target)
        }
      }
    }
    return Picture(
      width: info.width, height: info.height, channels: converter.channels, depth: info.depth,
      pixels: pixels, profile: converter.profile, pngColour: PNGColour(reader.header),
      notes: converter.notes)
  }

  /// Decodes from top to bottom and hands over converted strips as stored.
  ///
  /// `body` receives the strip's bytes, its first row and its number of rows.
  static func forEachStrip(
    _ reader: borrowing CodecReader, _ converter: StripConverter,
    _ body: (UnsafeRawBufferPointer, _ y: Int, _ rows: Int) -> Void
  ) throws(ImagingError) {
    let width = Int(reader.header.width)
    let height = Int(reader.header.height)
    let rowBytes = width * converter.sourcePixelBytes
    // 16 rows make whole cache lines of a turned picture.
    let stripRows = min(16, height)
    var raw = [UInt8](repeating: 0, count: rowBytes * stripRows)
    var converted = [UInt8](repeating: 0, count: width * converter.pixelBytes * stripRows)
    for y in stride(from: 0, to: height, by: stripRows) {
      let rows = min(stripRows, height - y)
      try raw.withUnsafeMutableBufferPointer { (buffer) throws(ImagingError) in
        let source = UnsafeMutableRawBufferPointer(buffer)
        try reader.readRows(source, rowBytes: rowBytes, count: rows)
        if converter.isIdentity { return body(UnsafeRawBufferPointer(source), y, rows) }
        converted.withUnsafeMutableBytes { target in
          converter.convert(source, target, pixels: width * rows)
          body(UnsafeRawBufferPointer(target), y, rows)
        }
      }
    }
  }
}

extension Placement {
  init(_ reader: borrowing CodecReader) {
    let header = reader.header
    self.init(
      storedWidth: Int(header.width), storedHeight: Int(header.height),
      orientation: Orientation(
        exif: UnsafeBufferPointer(start: header.exif, count: header.exif_count)))
  }
}

extension [UInt8] {
  /// An array whose bytes are written once, by `body`, without being cleared first.
  static func filled(
    _ count: Int, _ body: (UnsafeMutableRawBufferPointer) throws(ImagingError) -> Void
  ) throws(ImagingError) -> [UInt8] {
    var failure: ImagingError?
    let array = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      do throws(ImagingError) {
        try body(
          UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[0..<count]))
        initialized = count
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return array
  }
}
