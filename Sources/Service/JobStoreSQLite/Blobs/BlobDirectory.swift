import Glibc
import Jobs

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

  func write(_ bytes: [UInt8], as hash: BlobHash) throws(JobStoreError) {
    let target = file(of: hash)
    if access(target, F_OK) != 0 {
      if access(folder(of: hash), F_OK) != 0 {
        try makeDirectory(folder(of: hash))
        try synchronizeDirectory(path)
      }
      try place(bytes, at: target)
    }
    // Also when the file was there: whoever placed it may not have come this far yet.
    try synchronizeDirectory(folder(of: hash))
  }

  private func place(_ bytes: [UInt8], at target: String) throws(JobStoreError) {
    let draft = "\(temporary)/\(UInt64.random(in: 0 ... .max))"
    do throws(JobStoreError) {
      let file = try OpenFile(draft, O_WRONLY | O_CREAT | O_EXCL)
      try file.writeAll(bytes, calls)
      try file.synchronize(calls)
      guard calls.rename(draft, target) == 0 else {
        throw JobStoreError(errno: errno, doing: "rename a picture")
      }
    } catch {
      unlink(draft)
      throw error
    }
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
