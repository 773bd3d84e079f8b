import Glibc
import Jobs
import Locks

/// Holds a data directory for this process; the kernel lets go when the process ends, however.
final class DirectoryLock: Sendable {
  /// `nil` once released.
  private let descriptor: Lock<Int32?>

  init(directory: String) throws(JobStoreError) {
    let path = directory + "/lock"
    let opened = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard opened >= 0 else { throw JobStoreError(errno: errno, doing: "open \(path)") }
    guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(opened)
      throw code == EWOULDBLOCK
        ? .locked(directory: directory) : JobStoreError(errno: code, doing: "lock \(path)")
    }
    descriptor = Lock(opened)
  }

  func release() {
    let open = descriptor.withLock { $0.take() }
    if let open { close(open) }
  }

  deinit { release() }

  /// The process that holds the directory, asked without taking the lock even for a moment.
  ///
  /// From the kernel's table (proc(5), `/proc/locks`); a process of another PID namespace counts
  /// as 0.
  static func holder(of directory: String, locks: String = "/proc/locks") -> Int32? {
    var status = stat()
    guard stat(directory + "/lock", &status) == 0,
      let bytes = try? OpenFile(locks, O_RDONLY).read(from: 0, count: 1 << 20)
    else { return nil }
    let inode = ":\(status.st_ino)"
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      // 1: FLOCK  ADVISORY  WRITE 1234 08:02:5678 0 EOF
      let fields = line.split(separator: " ")
      guard fields.count > 5, fields[1] == "FLOCK", fields[5].hasSuffix(inode) else { continue }
      return Int32(fields[4]).map { max(0, $0) }
    }
    return nil
  }
}
