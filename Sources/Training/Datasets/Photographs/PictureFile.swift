internal import Foundation
package import Imaging

/// Reads pictures of data folders.
package enum PictureFile {
  /// Endings of files that are taken for pictures.
  package static let endings: Set<String> = ["png", "jpg", "jpeg"]

  package static func read(_ path: String) throws(DatasetError) -> Picture {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path, reason: "no such file")
    }
    do {
      return try ImageDecoder.decode(Array(data))
    } catch {
      throw .picture(path: path, reason: error.description)
    }
  }

  /// The names of the pictures in a folder, sorted; hidden files are left out.
  package static func names(in folder: String) throws(DatasetError) -> [String] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: folder)
    } catch {
      throw .unreadable(path: folder, reason: "no such folder")
    }
    return names.filter { name in
      !name.hasPrefix(".")
        && endings.contains(name.split(separator: ".").last.map { $0.lowercased() } ?? "")
    }.sorted()
  }
}
