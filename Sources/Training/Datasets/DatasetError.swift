/// Why data cannot be used; `description` names the file, the place in it, and what to do.
package enum DatasetError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A file or folder cannot be opened or read.
  case unreadable(path: String, reason: String)
  /// An archive is no tar file, or a broken one, from this byte on.
  case damagedArchive(path: String, offset: Int, reason: String)
  /// One member of an archive or folder is not what it should be.
  case member(path: String, member: String, reason: String)
  /// A line of a JSON-lines file, counted from 1, is not what it should be.
  case line(path: String, line: Int, reason: String)
  /// More than a limit allows.
  case tooLarge(path: String, what: String, count: Int, limit: Int)
  /// A setting that cannot be.
  case invalidSetting(name: String, reason: String)
  /// A sprite pack's manifest is not what it should be.
  case manifest(path: String, reason: String)
  /// A folder without anything of this kind.
  case emptyFolder(path: String, kind: String)
  /// A picture that cannot be decoded or is of the wrong kind.
  case picture(path: String, reason: String)
  /// An example's number that the data set does not have.
  case outOfRange(index: Int, count: Int)

  package var description: String {
    switch self {
    case .unreadable(let path, let reason): "\(path): cannot be read (\(reason))"
    case .damagedArchive(let path, let offset, let reason):
      "\(path): damaged at byte \(offset): \(reason); write the archive again as ustar or pax"
    case .member(let path, let member, let reason): "\(path): \(member): \(reason)"
    case .line(let path, let line, let reason): "\(path), line \(line): \(reason)"
    case .tooLarge(let path, let what, let count, let limit):
      "\(path): \(what): \(count), at most \(limit) are allowed"
    case .invalidSetting(let name, let reason): "\(name): \(reason)"
    case .manifest(let path, let reason):
      "\(path): \(reason); a manifest is {\"sprites\": [{\"file\": \"apple.png\", \"name\": "
        + "\"apple\", \"synonyms\": [], \"place\": \"ground\"}]}"
    case .emptyFolder(let path, let kind): "\(path): no \(kind) in it; name a folder with some"
    case .picture(let path, let reason): "\(path): \(reason)"
    case .outOfRange(let index, let count):
      "there is no example \(index): ask for 0 to \(count - 1)"
    }
  }
}
