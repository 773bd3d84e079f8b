import DefaultModel
import Foundation

/// Finds the embedded editor without the generated bundle accessor, which traps when the bundle
/// is missing.
enum ModelLocator {
  /// Looks beside the executable, then in the installation's share folder.
  /// - Throws: `MissingModel`, which names every place that was looked at.
  static func embeddedModel() throws -> String {
    let executable =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
      ?? CommandLine.arguments[0]
    let folder = URL(fileURLWithPath: executable).deletingLastPathComponent()
    let places = [DefaultModel.bundledPath, DefaultModel.installedPath].map {
      folder.appending(path: $0).standardizedFileURL.path
    }
    for place in places
    where FileManager.default.fileExists(atPath: place + "/model_index.json") {
      return place
    }
    throw MissingModel(places: places)
  }

  struct MissingModel: Error, CustomStringConvertible {
    var places: [String]
    var description: String {
      "the embedded model is in none of \(places.joined(separator: ", ")); "
        + "name a model folder with --model"
    }
  }
}
