import Foundation
import ServeSettings

/// The configuration file of the server, from its YAML to the settings.
final class ServeTarget: FuzzTarget {
  static let name = "serve"
  static let sources = ["AdapterOption", "ServeConfiguration", "ServeFile", "ServeKey"]
    .map { "Service/ServeSettings/\($0).swift" }

  init() {}

  static func parts(of input: [UInt8]) -> [[UInt8]] { Lines.parts(of: input) }
  static let mayRepeatParts = true

  func read(_ input: [UInt8]) -> FuzzVerdict {
    do {
      let file = try ServeFile.settings(of: Data(input), path: "byteedit.yaml")
      let settings = try ServeConfiguration.resolve(
        options: [:], environment: [:], file: file)
      guard
        try ServeConfiguration.resolve(options: file, environment: [:], file: [:]) == settings
      else { return .wrong("other settings as options") }
      let variables = Dictionary(
        file.map { ("BYTEEDIT_\($0.key.uppercased())", $0.value) }, uniquingKeysWith: { $1 })
      guard ServeConfiguration.unknownVariables(variables).isEmpty,
        try ServeConfiguration.resolve(options: [:], environment: variables, file: [:]) == settings
      else { return .wrong("other settings in the environment") }
      return try Self.fault(of: settings).map(FuzzVerdict.wrong) ?? .accepted
    } catch {
      return .refused("\(error)")
    }
  }

  /// Settings as they are shown are read as the same.
  private static func fault(of settings: ServeConfiguration) throws -> String? {
    var shown: [String: String] = [:]
    for key in ServeKey.all {
      let text = key.shown(settings)
      if !text.isEmpty { shown[key.name] = text }
    }
    let again = try ServeConfiguration.resolve(options: shown, environment: [:], file: [:])
    for key in ServeKey.all where key.shown(again) != key.shown(settings) {
      return "\(key.name) is shown as \(key.shown(settings)), which is \(key.shown(again))"
    }
    // Two lists may be shown alike.
    for isMerged in [false, true] {
      let lists = [settings, again].map { $0.adapters.filter { $0.isMerged == isMerged } }
      guard lists[0] == lists[1] else { return "\(lists[0]) is read as \(lists[1])" }
    }
    return nil
  }
}
