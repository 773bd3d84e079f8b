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
}
