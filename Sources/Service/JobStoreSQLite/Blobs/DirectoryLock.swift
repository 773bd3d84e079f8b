import Glibc
import Jobs

/// Holds a data directory for this process; the kernel lets go when the process ends, however.
final class DirectoryLock: Sendable {
  private let descriptor: Int32

  init(directory: String) throws(JobStoreError) {
    let path = directory + "/lock"
    descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw JobStoreError(errno: errno, doing: "open \(path)") }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(descriptor)
      throw code == EWOULDBLOCK
        ? .locked(directory: directory) : JobStoreError(errno: code, doing: "lock \(path)")
    }
  }

  deinit { close(descriptor) }
}
