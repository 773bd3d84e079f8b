package import Foundation
import Yams

/// The configuration file: YAML, of which JSON is a part.
package enum ServeFile {
  /// The settings of a file by their names; none where there is no path.
  ///
  /// Throws `ServeConfigurationError`.
  package static func read(_ path: String?) throws(ServeConfigurationError) -> [String: String] {
    guard let path else { return [:] }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ServeConfigurationError(description: "--config: cannot read \(path)")
    }
    return try settings(of: data, path: path)
  }

  /// The settings in the text of a file; `path` is for messages.
  package static func settings(
    of data: Data, path: String
  ) throws(ServeConfigurationError) -> [String: String] {
    guard let node = try document(data, path: path) else { return [:] }
    guard let mapping = node.mapping else {
      throw ServeConfigurationError(
        description: "--config: \(path) must hold settings as 'name: value'")
    }
    var settings: [String: String] = [:]
    for (key, value) in mapping {
      guard let name = key.string, let text = value.scalar?.string else {
        throw ServeConfigurationError(
          description: "--config: every setting in \(path) is one 'name: value'")
      }
      settings[name] = text
    }
    return settings
  }

  private static func document(
    _ data: Data, path: String
  ) throws(ServeConfigurationError) -> Node? {
    do {
      return try Yams.compose(yaml: String(decoding: data, as: UTF8.self))
    } catch {
      throw ServeConfigurationError(description: "--config: \(path): \(error)")
    }
  }
}
