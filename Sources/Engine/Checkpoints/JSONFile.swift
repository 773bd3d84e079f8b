import Glibc

/// What stands at a path, symbolic links followed: caches of downloaded models are full of them.
package enum FileKind {
  case file
  case folder
  case other

  package init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: self = .file
    case S_IFDIR: self = .folder
    default: self = .other
    }
  }
}

/// Reads small JSON documents from files.
package enum JSONFile {
  /// The object that the file holds; throws for anything else.
  package static func object(
    at path: String, limits: JSONLimits = .configuration
  ) throws(CheckpointError) -> JSONObject {
    let file = try MappedFile(path: path)
    guard file.bytes.count <= limits.bytes else {
      throw .tooLarge(path: path, bytes: file.bytes.count, limit: limits.bytes)
    }
    let value: JSONValue
    do {
      value = try JSONParser.parse(file.bytes, limits: limits)
    } catch {
      throw .malformedJSON(path: path, offset: error.offset, reason: error.reason)
    }
    guard case .object(let members) = value else {
      throw .unexpectedJSON(path: path, key: "", reason: "the document must be an object")
    }
    return members
  }
}
