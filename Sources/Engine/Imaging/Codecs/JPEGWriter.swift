import CImageCodecs

/// One JPEG file being written.
struct JPEGWriter: ~Copyable {
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
