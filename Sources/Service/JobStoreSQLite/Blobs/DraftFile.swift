import Glibc
import Jobs
import Synchronization

/// A file that is removed when nobody holds it any more, unless it must stay.
final class DraftFile: Sendable {
  let path: String
  private let stays = Atomic(false)

  init(_ path: String) {
    self.path = path
  }

  deinit {
    if !stays.load(ordering: .relaxed) { unlink(path) }
  }

  func move(to target: String, _ calls: FileCalls) throws(JobStoreError) {
    guard calls.rename(path, target) == 0 else {
      throw JobStoreError(errno: errno, doing: "rename a picture")
    }
    stay()
  }

  /// A second name; that somebody else's file has it already is no error.
  ///
  /// Answers `false` on a file system without second names.
  func link(to target: String, _ calls: FileCalls) throws(JobStoreError) -> Bool {
    guard calls.link(path, target) != 0 else { return true }
    switch errno {
    case EEXIST: return true
    case EPERM, EOPNOTSUPP, ENOSYS, EMLINK: return false
    default: throw JobStoreError(errno: errno, doing: "name a picture")
    }
  }

  /// Leaves the file where it is, for the next start to find.
  func stay() {
    stays.store(true, ordering: .relaxed)
  }

  func read() throws(JobStoreError) -> [UInt8] {
    let file = try OpenFile(path, O_RDONLY)
    return try file.read(from: 0, count: try file.size())
  }
}
