import CImageCodecs

/// One open PNG or JPEG file: header first, then rows from top to bottom as stored.
struct CodecReader: ~Copyable {
  let format: ImageFormat
  let header: be_image_header
  private let handle: OpaquePointer

  private init(format: ImageFormat, handle: OpaquePointer) {
    self.format = format
    self.handle = handle
    header = format == .png ? be_png_header(handle).pointee : be_jpeg_header(handle).pointee
  }

  /// Parses the header; `bytes` must outlive the reader.
  ///
  /// Throws for unknown formats, damaged headers and whatever passes the limits.
  static func open(
    _ bytes: UnsafeBufferPointer<UInt8>, limits: ImageLimits
  ) throws(ImagingError) -> CodecReader {
    guard bytes.count <= limits.maxBytes else {
      throw .tooManyBytes(count: bytes.count, limit: limits.maxBytes)
    }
    let format = try ImageFormat.sniff(bytes)
    var error = be_error()
    let opened =
      switch format {
      // A profile and its chunk header fit; longer texts are dropped.
      case .png:
        be_png_open(
          bytes.baseAddress, bytes.count, limits.maxICCBytes + 4096,
          UInt64(clamping: limits.maxPixels), UInt32(clamping: limits.maxSide), &error)
      case .jpeg:
        be_jpeg_open(
          bytes.baseAddress, bytes.count, memoryLimit(limits), Int32(clamping: limits.maxScans),
          &error)
      }
    guard let opened else { throw failure(error, format) }
    let reader = CodecReader(format: format, handle: opened)
    try reader.check(limits)
    return reader
  }

  private func check(_ limits: ImageLimits) throws(ImagingError) {
    try limits.check(width: Int(header.width), height: Int(header.height))
    guard header.icc_count <= limits.maxICCBytes else {
      throw .profileTooLarge(count: header.icc_count, limit: limits.maxICCBytes)
    }
  }

  deinit {
    switch format {
    case .png: be_png_close(handle)
    case .jpeg: be_jpeg_close(handle)
    }
  }

  /// Decodes the next `count` rows into `rows`, each `rowBytes` long.
  func readRows(
    _ rows: UnsafeMutableRawBufferPointer, rowBytes: Int, count: Int
  ) throws(ImagingError) {
    let (needed, overflow) = rowBytes.multipliedReportingOverflow(by: count)
    guard !overflow, needed <= rows.count, let lines = UInt32(exactly: count),
      let start = rows.bindMemory(to: UInt8.self).baseAddress
    else { throw .outOfMemory(reason: "a strip of the picture is larger than its buffer") }
    var error = be_error()
    let status =
      format == .png
      ? be_png_read_rows(handle, start, rowBytes, lines, &error)
      : be_jpeg_read_rows(handle, start, rowBytes, lines, &error)
    guard status == BE_OK else { throw Self.failure(error, format) }
  }

  /// Coefficients of a progressive JPEG take 2 bytes a sample, four inks at most, and work space.
  private static func memoryLimit(_ limits: ImageLimits) -> Int {
    let (bytes, overflow) = limits.maxPixels.multipliedReportingOverflow(by: 9)
    return overflow ? Int.max : max(bytes, 64 << 20)
  }

  private static func failure(_ error: be_error, _ format: ImageFormat) -> ImagingError {
    let reason = error.text
    switch error.status {
    case BE_TRUNCATED: return .truncated(format)
    case BE_UNSUPPORTED: return .unsupported(format, reason: reason)
    case BE_NO_MEMORY: return .outOfMemory(reason: reason)
    default: return .damaged(format, reason: reason)
    }
  }
}

extension be_error {
  /// The message, whatever bytes it holds.
  var text: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
