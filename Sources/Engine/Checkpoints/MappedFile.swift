import Glibc

/// A file mapped read-only into memory; closed, and its pages given back, with its last use.
///
/// The mapping is private. A file that another process truncates while it is mapped makes reads of
/// the lost pages fail with SIGBUS, as for every mapped file: replace model files by renaming.
struct MappedFile: ~Copyable {
  let path: String
  let bytes: UnsafeRawBufferPointer

  /// Maps the whole file; throws when it cannot be opened or is no regular file.
  init(path: String) throws(CheckpointError) {
    self.path = path
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw Self.failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else { throw Self.failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw .unreadable(path: path, reason: "not a regular file")
    }
    let size = Int(status.st_size)
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let base = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor, 0), base != MAP_FAILED
    else { throw Self.failure(path) }
    bytes = UnsafeRawBufferPointer(start: base, count: size)
  }

  deinit {
    guard bytes.baseAddress != nil else { return }
    munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count)
  }

  /// Gives the pages that lie wholly inside the range back to the system; reading them again
  /// reads the file again.
  func discard(_ range: Range<Int>) {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let first = (range.lowerBound + page - 1) / page * page
    let last = range.upperBound == bytes.count ? bytes.count : range.upperBound / page * page
    guard page > 0, first < last, let base = bytes.baseAddress else { return }
    madvise(UnsafeMutableRawPointer(mutating: base + first), last - first, MADV_DONTNEED)
  }

  private static func failure(_ path: String) -> CheckpointError {
    .unreadable(path: path, reason: String(cString: strerror(errno)))
  }
}
