import Glibc

/// Bytes that can be read at any place.
package protocol RandomAccessBytes: Sendable {
  /// What messages call it.
  var path: String { get }
  var size: Int { get }
  /// Exactly the bytes of the range, which lies inside `0 ..< size`.
  func read(_ range: Range<Int>) throws(DatasetError) -> [UInt8]
}

/// A regular file, read by position, so that threads may share it; closed with its last use.
package final class FileBytes: RandomAccessBytes {
  package let path: String
  package let size: Int
  private let descriptor: Int32

  /// Throws where the file cannot be opened or is no regular file.
  package init(path: String) throws(DatasetError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path) }
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .unreadable(path: path, reason: "not a regular file")
    }
    (self.path, self.descriptor, size) = (path, descriptor, Int(status.st_size))
  }

  deinit { close(descriptor) }

  package func read(_ range: Range<Int>) throws(DatasetError) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= size else {
      throw .unreadable(path: path, reason: "bytes \(range) of \(size)")
    }
    var bytes = [UInt8](repeating: 0, count: range.count)
    var done = 0
    while done < range.count {
      let count = bytes.withUnsafeMutableBytes { target in
        pread(
          descriptor, target.baseAddress.map { $0 + done }, range.count - done,
          range.lowerBound + done)
      }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure(path) }
      guard count > 0 else { throw .unreadable(path: path, reason: "it became shorter") }
      done += count
    }
    return bytes
  }

  private static func failure(_ path: String) -> DatasetError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}

/// Bytes in memory.
package struct MemoryBytes: RandomAccessBytes {
  package let path: String
  private let bytes: [UInt8]

  package init(_ bytes: [UInt8], path: String) {
    (self.bytes, self.path) = (bytes, path)
  }

  package var size: Int { bytes.count }

  package func read(_ range: Range<Int>) throws(DatasetError) -> [UInt8] {
    guard range.lowerBound >= 0, range.upperBound <= size else {
      throw .unreadable(path: path, reason: "bytes \(range) of \(size)")
    }
    return Array(bytes[range])
  }
}
