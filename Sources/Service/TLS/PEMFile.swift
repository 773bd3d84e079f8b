import Glibc

/// Reads small files of certificates and keys.
enum PEMFile {
  /// More is no file of certificates; the system's whole store takes a quarter of it.
  static let limit = 1 << 20

  /// Calls `body` with the file's bytes and then wipes them.
  ///
  /// - Throws: `TLSConfigurationError.unreadable`, or what `body` throws.
  static func with<R>(
    _ path: String, _ body: (UnsafeRawBufferPointer) throws(TLSConfigurationError) -> R
  ) throws(TLSConfigurationError) -> R {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw unreadable(path, errno) }
    defer { close(descriptor) }
    let buffer = UnsafeMutableRawPointer.allocate(byteCount: limit, alignment: 16)
    defer { buffer.deallocate() }
    var count = 0
    defer { explicit_bzero(buffer, count) }
    while count < limit {
      let more = read(descriptor, buffer + count, limit - count)
      guard more >= 0 else { throw unreadable(path, errno) }
      guard more > 0 else { break }
      count += more
    }
    guard count < limit else {
      throw .unreadable(file: path, reason: "it is larger than \(limit) bytes")
    }
    return try body(UnsafeRawBufferPointer(start: buffer, count: count))
  }

  private static func unreadable(_ path: String, _ number: Int32) -> TLSConfigurationError {
    .unreadable(file: path, reason: String(cString: strerror(number)))
  }
}
