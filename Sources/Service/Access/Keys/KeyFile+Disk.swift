import Glibc

extension KeyFile {
  /// The largest keys file that is read, bytes: some 30,000 keys.
  private static let maximumSize = 8 << 20

  /// Reads the file at `path`; blocks.
  package init(path: String) throws(KeyFileError) {
    let file = try KeyFileDescriptor(path, O_RDONLY)
    let bytes = try file.read(atMost: Self.maximumSize + 1)
    guard bytes.count <= Self.maximumSize else {
      throw .unreadable("\(path) is larger than \(Self.maximumSize) bytes")
    }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw .invalid("\(path) is no UTF-8 text")
    }
    try self.init(text: text)
  }

  /// Reads the file, changes it and writes it back, whole or not at all; blocks.
  ///
  /// Two that do so at the same time wait for each other. Where there is no file, `change` is given
  /// an empty one. Comments in the file are lost.
  package static func update(
    path: String, _ change: (inout KeyFile) throws(KeyFileError) -> Void
  ) throws(KeyFileError) {
    // A link stays one: what it leads to is replaced.
    let path = resolved(path)
    let (folder, _) = split(path)
    let directory = try KeyFileDescriptor(folder, O_RDONLY | O_DIRECTORY)
    guard flock(directory.number, LOCK_EX) == 0 else { throw .unwritable(reason(folder)) }
    var keys = access(path, F_OK) == 0 ? try KeyFile(path: path) : KeyFile()
    try change(&keys)
    let text = try keys.text(asJSON: path.hasSuffix(".json"))
    try replace(path, with: Array(text.utf8))
    guard fsync(directory.number) == 0 else { throw .unwritable(reason(folder)) }
  }

  /// Written beside it, fsynced and renamed, so that no reader ever sees half a file.
  private static func replace(_ path: String, with bytes: [UInt8]) throws(KeyFileError) {
    let (folder, name) = split(path)
    let draft = "\(folder)/.\(name).\(UInt64.random(in: 0 ... .max))"
    do throws(KeyFileError) {
      let file = try KeyFileDescriptor(draft, O_WRONLY | O_CREAT | O_EXCL)
      try file.write(bytes)
      file.takeAccess(of: path)
      guard fsync(file.number) == 0, rename(draft, path) == 0 else {
        throw .unwritable(reason(path))
      }
    } catch {
      unlink(draft)
      throw error
    }
  }

  private static func resolved(_ path: String) -> String {
    guard let real = realpath(path, nil) else { return path }
    defer { free(real) }
    return String(cString: real)
  }

  private static func split(_ path: String) -> (folder: String, name: Substring) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path[...]) }
    let folder = path[..<slash]
    return (folder.isEmpty ? "/" : String(folder), path[path.index(after: slash)...])
  }

  fileprivate static func reason(_ path: String) -> String {
    "\(path): \(String(cString: strerror(errno)))"
  }
}

/// An open file or folder that closes itself; what it makes is readable by this user alone.
private struct KeyFileDescriptor: ~Copyable {
  let number: Int32
  private let path: String

  init(_ path: String, _ flags: Int32) throws(KeyFileError) {
    self.path = path
    number = open(path, flags | O_CLOEXEC, 0o600)
    guard number >= 0 else {
      let reason = KeyFile.reason(path)
      throw flags & O_CREAT == 0 ? .unreadable(reason) : .unwritable(reason)
    }
  }

  deinit { close(number) }

  func read(atMost limit: Int) throws(KeyFileError) -> [UInt8] {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < limit {
      let count = Glibc.read(number, &piece, min(piece.count, limit - bytes.count))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw .unreadable(KeyFile.reason(path)) }
      guard count > 0 else { break }
      bytes += piece[..<count]
    }
    return bytes
  }

  /// Gives it mode and owner of the file that it replaces, so that who could read that one still can.
  func takeAccess(of path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    // Only root may give a file away; for others it is theirs already, or stays theirs.
    _ = fchown(number, status.st_uid, status.st_gid)
    fchmod(number, status.st_mode & 0o777)
  }

  func write(_ bytes: [UInt8]) throws(KeyFileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(number, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw .unwritable(KeyFile.reason(path)) }
      rest = rest.dropFirst(count)
    }
  }
}
