import ArgumentParser
import Foundation
import ServeSettings

/// Where a process takes its settings from, to read them at the start and again on SIGHUP.
struct SettingsSource: Sendable {
  /// The options that were given, by the names of their keys.
  var options: [String: String] = [:]
  /// The configuration file; `BYTEEDIT_CONFIG` if not given.
  var config: String?
  var environment = ProcessInfo.processInfo.environment

  /// - Throws: `ValidationError`, which names the setting.
  func read() throws -> ServeConfiguration {
    let file = try ServeFile.read(config ?? environment["BYTEEDIT_CONFIG"])
    do {
      return try .resolve(options: options, environment: environment, file: file)
    } catch let error as ServeConfigurationError {
      throw ValidationError(error.description)
    }
  }
}
