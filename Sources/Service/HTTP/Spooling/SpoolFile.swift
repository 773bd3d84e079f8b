import CPlatform
import Glibc
import SystemPackage

/// A file without a name: it vanishes with the process or this object, whichever goes first.
package final class SpoolFile: Sendable {
  private let descriptor: Int32

  /// Throws `HTTPError.spoolFailed`.
  package init(directory: String) throws(HTTPError) {
    descriptor = platform_open_unnamed(directory)
    guard descriptor >= 0 else {
      throw .spoolFailed("\(directory): \(Errno(rawValue: -descriptor))")
    }
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  /// Appends; blocks.
  package func append(_ bytes: [UInt8]) throws(HTTPError) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.write(descriptor, $0.baseAddress.map { $0 + written }, $0.count - written)
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .spoolFailed("\(Errno(rawValue: errno))") }
      written += count
    }
  }

  /// Maps `count` bytes, for the time of the call.
  func withBytes<R>(
    count: Int, _ body: (UnsafeRawBufferPointer) throws -> R
  ) throws -> R {
    guard count > 0 else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    guard let mapped = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
      mapped != MAP_FAILED
    else { throw HTTPError.spoolFailed("\(Errno(rawValue: errno))") }
    defer { munmap(mapped, count) }
    return try body(UnsafeRawBufferPointer(start: mapped, count: count))
  }
}
