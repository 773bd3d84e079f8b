import Foundation
package import Imaging

/// A folder of pictures with captions.
///
/// The captions stand in `metadata.jsonl` (lines of `file_name` and `text`, the layout of Hugging
/// Face's image folders that diffusers trains from), else in `captions.json` (an object from file
/// names, with or without ending, to captions, as kohya's scripts keep them), else in a `.txt` of
/// the picture's name. `NAME.mask.png` beside a picture is its hole.
package struct CaptionedFolder: Dataset {
  private let folder: String
  private let entries: [(file: String, caption: String)]
  private let limits: ImageLimits

  private static let endings: Set = ["jpg", "jpeg", "png"]
  /// Pictures of one folder.
  private static let largest = 4_000_000

  /// Reads the captions; pictures are opened when they are asked for.
  package init(path: String, limits: ImageLimits = ImageLimits()) throws(DatasetError) {
    (folder, self.limits) = (path, limits)
    let files = FileManager.default
    if files.fileExists(atPath: path + "/metadata.jsonl") {
      entries = try Self.lines(path + "/metadata.jsonl")
    } else if files.fileExists(atPath: path + "/captions.json") {
      entries = try Self.object(path + "/captions.json", folder: path)
    } else {
      entries = try Self.besides(path)
    }
  }

  package var count: Int? { entries.count }

  package func example(at index: Int) throws(DatasetError) -> CaptionedPicture {
    try check(index)
    let entry = entries[index]
    let key = String(entry.file.prefix(upTo: entry.file.lastIndex(of: ".") ?? entry.file.endIndex))
    let maskFile = key + ".mask.png"
    var mask: (name: String, bytes: [UInt8])?
    if FileManager.default.fileExists(atPath: "\(folder)/\(maskFile)") {
      mask = (maskFile, try bytes(maskFile))
    }
    return try CaptionedParts(
      path: folder, key: key, picture: (entry.file, try bytes(entry.file)), caption: entry.caption,
      mask: mask
    ).decoded(limits: limits)
  }

  private func bytes(_ file: String) throws(DatasetError) -> [UInt8] {
    let source = try FileBytes(path: "\(folder)/\(file)")
    guard source.size <= limits.maxBytes else {
      throw .tooLarge(
        path: source.path, what: "bytes", count: source.size, limit: limits.maxBytes)
    }
    return try source.read(0..<source.size)
  }

  // MARK: Captions

  private static func lines(_ path: String) throws(DatasetError) -> [(
    file: String, caption: String
  )] {
    var entries: [(file: String, caption: String)] = []
    for (number, line) in try TextLines(path: path) {
      let value = try? JSONSerialization.jsonObject(with: Data(line.utf8))
      guard let members = value as? [String: Any], let file = members["file_name"] as? String,
        let caption = CaptionText.caption(of: members)
      else {
        throw .line(
          path: path, line: number, reason: "needs a JSON object with \"file_name\" and \"text\"")
      }
      guard file.isInside else {
        throw .line(path: path, line: number, reason: "'\(file)' leads out of the folder")
      }
      entries.append((file, caption))
    }
    return entries
  }

  private static func object(
    _ path: String, folder: String
  ) throws(DatasetError) -> [(file: String, caption: String)] {
    let source = try FileBytes(path: path)
    guard source.size <= 1 << 30 else {
      throw .tooLarge(path: path, what: "bytes", count: source.size, limit: 1 << 30)
    }
    let data = Data(try source.read(0..<source.size))
    guard let members = (try? JSONSerialization.jsonObject(with: data)) as? [String: Any] else {
      throw .unreadable(path: path, reason: "it must be a JSON object from file names to captions")
    }
    var entries: [(file: String, caption: String)] = []
    for name in members.keys.sorted() {
      guard let caption = CaptionText.caption(of: members[name]) else {
        throw .member(path: path, member: name, reason: "has no caption")
      }
      entries.append((try file(name, folder, path), caption))
    }
    return entries
  }

  /// The picture that a key of `captions.json` means, which may lack its ending.
  private static func file(
    _ name: String, _ folder: String, _ path: String
  ) throws(DatasetError) -> String {
    guard name.isInside else {
      throw .member(path: path, member: name, reason: "leads out of the folder")
    }
    let candidates = [name] + endings.sorted().map { "\(name).\($0)" }
    guard
      let file = candidates.first(where: {
        $0.hasPictureEnding(endings) && FileManager.default.fileExists(atPath: "\(folder)/\($0)")
      })
    else { throw .member(path: path, member: name, reason: "there is no such picture") }
    return file
  }

  private static func besides(
    _ folder: String
  ) throws(DatasetError) -> [(file: String, caption: String)] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else {
      throw .unreadable(path: folder, reason: "there is no such folder")
    }
    guard names.count <= largest else {
      throw .tooLarge(path: folder, what: "files", count: names.count, limit: largest)
    }
    var entries: [(file: String, caption: String)] = []
    for name in names.sorted() where name.hasPictureEnding(endings) {
      guard !name.lowercased().hasSuffix(".mask.png") else { continue }
      let text = String(name.prefix(upTo: name.lastIndex(of: ".") ?? name.endIndex)) + ".txt"
      guard FileManager.default.fileExists(atPath: "\(folder)/\(text)") else {
        throw .member(path: folder, member: name, reason: "has no caption; add \(text)")
      }
      let source = try FileBytes(path: "\(folder)/\(text)")
      let bytes = try source.read(0..<min(source.size, CaptionText.limit + 1))
      do throws(CaptionText.Fault) {
        entries.append((name, try CaptionText.plain(bytes)))
      } catch {
        throw .member(path: folder, member: text, reason: error.reason)
      }
    }
    return entries
  }
}

extension String {
  fileprivate func hasPictureEnding(_ endings: Set<String>) -> Bool {
    lastIndex(of: ".").map { endings.contains(self[index(after: $0)...].lowercased()) } ?? false
  }

  /// Whether a path stays inside the folder that it is relative to.
  var isInside: Bool {
    !isEmpty && !hasPrefix("/") && !contains("\0")
      && !split(separator: "/", omittingEmptySubsequences: false).contains("..")
  }
}
