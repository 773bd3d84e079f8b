import Digests

/// What a model's bytes are, down to each file.
///
/// `hash` is the SHA-256 of the text that `sha256sum` would print for the files, sorted by their
/// paths: for each a line of 64 hexadecimal digits, two spaces, the path relative to the model's
/// folder, and a line feed. It depends on the files' bytes and names alone: not on where the folder
/// stands, not on time stamps, not on files that the editor never reads.
package struct ModelDigest: Sendable, Equatable {
  package struct File: Sendable, Equatable {
    /// Relative to the model's folder, such as `unet/config.json`.
    package let path: String
    package let hash: String
    package let bytes: Int
  }

  package let hash: String
  package let files: [File]

  /// Digests the files; the order of `names` does not matter.
  package init(folder: String, names: [String]) throws(CheckpointError) {
    var files: [File] = []
    for name in names.sorted(by: { $0.utf8.lexicographicallyPrecedes($1.utf8) }) {
      files.append(try Self.digest("\(folder)/\(name)", name: name))
    }
    try self.init(files, of: folder)
  }

  /// Digests files that lie in several folders; each goes by its name alone, in the order given.
  package init(files paths: [String]) throws(CheckpointError) {
    var files: [File] = []
    for path in paths {
      let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
      files.append(try Self.digest(path, name: name))
    }
    try self.init(files, of: paths.first ?? "")
  }

  private init(_ files: [File], of path: String) throws(CheckpointError) {
    var whole = SHA256()
    for file in files {
      Array("\(file.hash)  \(file.path)\n".utf8).withUnsafeBytes { whole.update($0) }
    }
    guard let hash = whole.hexadecimal() else { throw Self.refusal(path) }
    self.hash = hash
    self.files = files
  }

  /// SHA-256 of one file, in hexadecimal digits.
  package static func hash(ofFile path: String) throws(CheckpointError) -> String {
    try digest(path, name: path).hash
  }

  private static func digest(_ path: String, name: String) throws(CheckpointError) -> File {
    let mapped = try MappedFile(path: path)
    let window = 1 << 22
    var digest = SHA256()
    for start in stride(from: 0, to: mapped.bytes.count, by: window) {
      let range = start..<min(start + window, mapped.bytes.count)
      digest.update(UnsafeRawBufferPointer(rebasing: mapped.bytes[range]))
      mapped.discard(range)
    }
    guard let hash = digest.hexadecimal() else { throw Self.refusal(path) }
    return File(path: name, hash: hash, bytes: mapped.bytes.count)
  }

  private static func refusal(_ path: String) -> CheckpointError {
    .unreadable(path: path, reason: "OpenSSL refuses SHA-256")
  }
}
