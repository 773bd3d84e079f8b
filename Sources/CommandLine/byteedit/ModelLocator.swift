import DefaultModel
import Foundation

/// Finds the embedded editor without the generated bundle accessor, which traps when the bundle
/// is missing.
enum ModelLocator {
  /// Looks beside the executable, then in the installation's share folder.
  /// - Throws: `MissingModel`, which names every place that was looked at.
  static func embeddedModel() throws -> String {
    let places = places([DefaultModel.bundledPath, DefaultModel.installedPath])
    for place in places
    where FileManager.default.fileExists(atPath: place + "/model_index.json") {
      return place
    }
    throw MissingModel(places: places)
  }

  /// The folder of the embedded judges, if the build has one.
  static func embeddedJudges() -> String? {
    places([DefaultModel.bundledJudgesPath, DefaultModel.installedJudgesPath]).first(
      where: isFolder)
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// Paths relative to the executable made absolute.
  private static func places(_ paths: [String]) -> [String] {
    let executable =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    let folder = URL(fileURLWithPath: executable).deletingLastPathComponent()
    return paths.map { folder.appending(path: $0).standardizedFileURL.path }
  }

  struct MissingModel: Error, CustomStringConvertible {
    var places: [String]
    var description: String {
      "the embedded model is in none of \(places.joined(separator: ", ")); "
        + "name a model folder with --model"
    }
  }
}
