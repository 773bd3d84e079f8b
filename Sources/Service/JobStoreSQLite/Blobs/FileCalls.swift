import Glibc
import Jobs

/// The system calls that make a file durable; injected, so that tests see their order and let
/// them fail.
package struct FileCalls: Sendable {
  package var write: @Sendable (Int32, UnsafeRawBufferPointer) -> Int
  package var synchronize: @Sendable (Int32) -> Int32
  package var rename: @Sendable (_ from: String, _ to: String) -> Int32
  package var link: @Sendable (_ from: String, _ to: String) -> Int32

  package init(
    write: @escaping @Sendable (Int32, UnsafeRawBufferPointer) -> Int,
    synchronize: @escaping @Sendable (Int32) -> Int32,
    rename: @escaping @Sendable (_ from: String, _ to: String) -> Int32,
    link: @escaping @Sendable (_ from: String, _ to: String) -> Int32
  ) {
    self.write = write
    self.synchronize = synchronize
    self.rename = rename
    self.link = link
  }

  package static let system = FileCalls(
    write: { descriptor, bytes in Glibc.write(descriptor, bytes.baseAddress, bytes.count) },
    synchronize: { Glibc.fsync($0) },
    rename: { Glibc.rename($0, $1) },
    link: { Glibc.link($0, $1) })
}

/// An open file that closes itself.
struct OpenFile: ~Copyable {
  let descriptor: Int32

  init(_ path: String, _ flags: Int32) throws(JobStoreError) {
    descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw JobStoreError(errno: errno, doing: "open \(path)") }
  }

  deinit { Glibc.close(descriptor) }

  func writeAll(_ bytes: [UInt8], _ calls: FileCalls) throws(JobStoreError) {
    var offset = 0
    while offset < bytes.count {
      let written = bytes.withUnsafeBytes { all in
        calls.write(descriptor, UnsafeRawBufferPointer(rebasing: all[offset...]))
      }
      if written > 0 {
        offset += written
      } else if errno != EINTR {
        throw JobStoreError(errno: errno, doing: "write a picture")
      }
    }
  }

  func synchronize(_ calls: FileCalls) throws(JobStoreError) {
    guard calls.synchronize(descriptor) == 0 else {
      throw JobStoreError(errno: errno, doing: "fsync")
    }
  }

  /// At most `count` bytes from `offset` on; fewer at the end of the file.
  func read(from offset: Int, count: Int) throws(JobStoreError) -> [UInt8] {
    var filled = 0
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, length in
      while filled < count {
        let taken = pread(
          descriptor, UnsafeMutableRawPointer(buffer.baseAddress?.advanced(by: filled)),
          count - filled, off_t(offset + filled))
        if taken < 0 && errno == EINTR { continue }
        if taken < 0 { failure = errno }
        if taken <= 0 { break }
        filled += taken
      }
      length = filled
    }
    guard failure == 0 else { throw JobStoreError(errno: failure, doing: "read a picture") }
    return bytes
  }

  func size() throws(JobStoreError) -> Int {
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw JobStoreError(errno: errno, doing: "stat") }
    return Int(status.st_size)
  }
}

extension JobStoreError {
  init(errno code: Int32, doing action: String) {
    switch code {
    case ENOSPC, EDQUOT: self = .diskFull
    default: self = .failed("could not \(action): \(String(cString: strerror(code)))")
    }
  }
}
