import Glibc
import Jobs

/// Pictures as files `ab/abcdef…` named by their content; every call blocks.
///
/// A file appears under its name only whole and on disk: written elsewhere, fsynced, renamed, and
/// then the directory fsynced. What is drafted first has a name on the disk already, by which
/// `sweep` finds it, and keeps that until the other one is there, too.
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

  /// The bytes on disk, under a name that says whose they are, for as long as the draft is held;
  /// `settleDrafts` makes that name last.
  func draft(_ bytes: [UInt8], _ hash: BlobHash) throws(JobStoreError) -> DraftFile {
    try makeFolder(of: hash)
    return try written(bytes, hash)
  }

  func settleDrafts() throws(JobStoreError) {
    try synchronizeDirectory(temporary)
  }

  /// Gives a draft its name, where the file system knows second names; `settle` makes that one last.
  func name(_ hash: BlobHash, _ draft: DraftFile) throws(JobStoreError) -> Bool {
    try draft.link(to: file(of: hash), calls)
  }

  /// Keeps the file of `hash` under its name, whatever happens from now on.
  func settle(_ hash: BlobHash) throws(JobStoreError) {
    try synchronizeDirectory(folder(of: hash))
  }

  func place(_ bytes: [UInt8], _ hash: BlobHash) throws(JobStoreError) {
    if !contains(hash) {
      try makeFolder(of: hash)
      try written(bytes, hash).move(to: file(of: hash), calls)
    }
    // Also when the file was there: whoever placed it may not have come this far yet.
    try settle(hash)
  }

  private func written(_ bytes: [UInt8], _ hash: BlobHash) throws(JobStoreError) -> DraftFile {
    let draft = DraftFile("\(temporary)/\(hash.text).\(UInt64.random(in: 0 ... .max))")
    let file = try OpenFile(draft.path, O_WRONLY | O_CREAT | O_EXCL)
    try file.writeAll(bytes, calls)
    try file.synchronize(calls)
    return draft
  }

  private func makeFolder(of hash: BlobHash) throws(JobStoreError) {
    guard access(folder(of: hash), F_OK) != 0 else { return }
    try makeDirectory(folder(of: hash))
    try synchronizeDirectory(path)
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

  /// Gives drafts the names that a crash took from them, and removes what else it left: other drafts,
  /// and pictures that `isKnown` does not know.
  func sweep(isKnown: (BlobHash) throws -> Bool) throws -> Int {
    var removed = 0
    for name in entries(of: temporary) {
      let draft = DraftFile("\(temporary)/\(name)")
      let hash = BlobHash(String(name.prefix(64)))
      if let hash, try isKnown(hash), try recover(hash, draft) { continue }
      removed += 1
    }
    for folder in entries(of: path) where folder.utf8.count == 2 {
      for name in entries(of: "\(path)/\(folder)") {
        guard let hash = BlobHash(name), try !isKnown(hash) else { continue }
        remove(hash)
        removed += 1
      }
    }
    return removed
  }

  /// A known picture is whole in one of its drafts, if not under its name; answers whether it was
  /// this one.
  private func recover(_ hash: BlobHash, _ draft: DraftFile) throws(JobStoreError) -> Bool {
    guard !contains(hash), try BlobHash(of: draft.read()) == hash else { return false }
    try makeFolder(of: hash)
    try draft.move(to: file(of: hash), calls)
    try settle(hash)
    return true
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
