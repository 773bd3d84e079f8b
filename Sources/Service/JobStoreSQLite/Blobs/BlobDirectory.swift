import Glibc
import Jobs
import Synchronization

/// Pictures as files `ab/abcdef…` named by their content; every call blocks.
///
/// A file appears under its name only whole and on disk: written elsewhere, fsynced, renamed, and
/// then the directory fsynced.
struct BlobDirectory: Sendable {
  let path: String
  let calls: FileCalls

  private var temporary: String { path + "/tmp" }

  init(path: String, calls: FileCalls) throws(JobStoreError) {
    self.path = path
    self.calls = calls
    try makeDirectory(path)
    try makeDirectory(temporary)
  }

  private func folder(of hash: BlobHash) -> String { "\(path)/\(hash.text.prefix(2))" }
  private func file(of hash: BlobHash) -> String { "\(folder(of: hash))/\(hash.text)" }

  func contains(_ hash: BlobHash) -> Bool { access(file(of: hash), F_OK) == 0 }

  /// The bytes on disk under no name of theirs yet.
  func draft(_ bytes: [UInt8]) throws(JobStoreError) -> DraftFile {
    let draft = DraftFile("\(temporary)/\(UInt64.random(in: 0 ... .max))")
    let file = try OpenFile(draft.path, O_WRONLY | O_CREAT | O_EXCL)
    try file.writeAll(bytes, calls)
    try file.synchronize(calls)
    return draft
  }

  /// - Parameter draft: gives the file where there is none yet.
  func place(_ hash: BlobHash, _ draft: () throws(JobStoreError) -> DraftFile) throws(JobStoreError)
  {
    if !contains(hash) {
      if access(folder(of: hash), F_OK) != 0 {
        try makeDirectory(folder(of: hash))
        try synchronizeDirectory(path)
      }
      try draft().move(to: file(of: hash), calls)
    }
    // Also when the file was there: whoever placed it may not have come this far yet.
    try synchronizeDirectory(folder(of: hash))
  }

  func read(_ hash: BlobHash, range: Range<Int>?) throws(JobStoreError) -> [UInt8] {
    guard access(file(of: hash), F_OK) == 0 else { throw .blobMissing(hash) }
    let file = try OpenFile(file(of: hash), O_RDONLY)
    let whole = 0..<(try file.size())
    let wanted = range?.clamped(to: whole) ?? whole
    return try file.read(from: wanted.lowerBound, count: wanted.count)
  }

  /// Removes the file; that it is gone already is no error.
  func remove(_ hash: BlobHash) {
    unlink(file(of: hash))
  }

  /// Removes what a crash left: drafts, and pictures that `isKnown` does not know.
  func sweep(isKnown: (BlobHash) throws -> Bool) rethrows -> Int {
    var removed = 0
    for draft in entries(of: temporary) where unlink("\(temporary)/\(draft)") == 0 { removed += 1 }
    for folder in entries(of: path) where folder.utf8.count == 2 {
      for name in entries(of: "\(path)/\(folder)") {
        guard let hash = BlobHash(name), try !isKnown(hash) else { continue }
        remove(hash)
        removed += 1
      }
    }
    return removed
  }

  private func synchronizeDirectory(_ path: String) throws(JobStoreError) {
    try OpenFile(path, O_RDONLY | O_DIRECTORY).synchronize(calls)
  }

  private func entries(of path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }
}

/// A file that is removed when nobody holds it any more, unless it got its name.
final class DraftFile: Sendable {
  let path: String
  private let isPlaced = Atomic(false)

  init(_ path: String) {
    self.path = path
  }

  deinit {
    if !isPlaced.load(ordering: .relaxed) { unlink(path) }
  }

  func move(to target: String, _ calls: FileCalls) throws(JobStoreError) {
    guard calls.rename(path, target) == 0 else {
      throw JobStoreError(errno: errno, doing: "rename a picture")
    }
    isPlaced.store(true, ordering: .relaxed)
  }
}

/// Makes `path` with every folder above it, readable by this user alone; that it exists is no
/// error.
func makeDirectory(_ path: String) throws(JobStoreError) {
  guard mkdir(path, 0o700) != 0, errno != EEXIST else { return }
  let code = errno
  let parent = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  guard code == ENOENT, !parent.isEmpty else {
    throw JobStoreError(errno: code, doing: "make the folder \(path)")
  }
  try makeDirectory(parent)
  guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
    throw JobStoreError(errno: errno, doing: "make the folder \(path)")
  }
}
