import CImageCodecs

/// One PNG file being written.
struct PNGWriter: ~Copyable {
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

  /// Bytes of pixels that are deflated by themselves: enough that the bands cost nothing in size.
  private static let bandBytes = 1 << 18
  /// So many bands are held at a time.
  private static let bandsAtOnce = 32

  func write(
    _ picture: Picture, _ options: be_write_options, _ parallel: ParallelFor
  ) throws(ImagingError) {
    let rows = max(1, Self.bandBytes / (picture.width * picture.pixelBytes))
    let group = rows * Self.bandsAtOnce
    for first in stride(from: 0, to: picture.height, by: group) {
      let bands = BandGroup(first..<min(first + group, picture.height), of: rows)
      bands.deflate(picture, options, parallel)
      try bands.write(to: handle)
    }
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

/// Neighbouring bands of a picture's rows, deflated apart and written one after the other.
private struct BandGroup: ~Copyable {
  private let rows: Range<Int>
  private let size: Int
  private let bands: UnsafeMutableBufferPointer<be_png_band>
  private let errors: UnsafeMutableBufferPointer<be_error>

  init(_ rows: Range<Int>, of size: Int) {
    (self.rows, self.size) = (rows, size)
    let count = (rows.count + size - 1) / size
    bands = .allocate(capacity: count)
    bands.initialize(repeating: be_png_band())
    errors = .allocate(capacity: count)
    errors.initialize(repeating: be_error())
  }

  deinit {
    for index in bands.indices { be_png_band_free(&bands[index]) }
    bands.deallocate()
    errors.deallocate()
  }

  func deflate(_ picture: Picture, _ options: be_write_options, _ parallel: ParallelFor) {
    let (rows, bands, errors) = (rows, bands, errors)
    picture.pixels.withUnsafeBufferPointer { pixels in
      inBands(rows.count, of: size, parallel) { band in
        var options = options
        let index = band.lowerBound / size
        // A fault stays in its place, for whoever writes the bands in their order.
        be_png_deflate(
          &options, pixels.baseAddress, picture.width * picture.pixelBytes,
          UInt32(rows.lowerBound + band.lowerBound), UInt32(band.count), &bands[index],
          &errors[index])
      }
    }
  }

  func write(to handle: OpaquePointer) throws(ImagingError) {
    for index in bands.indices {
      var error = errors[index]
      guard error.status == BE_OK, be_png_write_band(handle, &bands[index], &error) == BE_OK else {
        throw .notEncoded(.png, reason: error.text)
      }
    }
  }
}
