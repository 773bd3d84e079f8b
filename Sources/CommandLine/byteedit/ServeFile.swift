import ArgumentParser
import Foundation
import Yams

/// The configuration file: YAML, of which JSON is a part.
enum ServeFile {
  static func read(_ path: String?) throws -> [String: String] {
    guard let path else { return [:] }
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationError("--config: cannot read \(path)")
    }
    do {
      guard let node = try Yams.compose(yaml: String(decoding: data, as: UTF8.self)) else {
        return [:]
      }
      guard let mapping = node.mapping else {
        throw ValidationError("--config: \(path) must hold settings as 'name: value'")
      }
      return try Dictionary(
        mapping.map { key, value in
          guard let name = key.string, let text = value.scalar?.string else {
            throw ValidationError("--config: every setting in \(path) is one 'name: value'")
          }
          return (name, text)
        }, uniquingKeysWith: { $1 })
    } catch let error as YamlError {
      throw ValidationError("--config: \(path): \(error)")
    }
  }
}
