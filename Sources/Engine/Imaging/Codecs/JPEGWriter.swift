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
