import ArgumentParser
import Foundation
import Logging
import ServeSettings

/// The HTTP service.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve edits over HTTP.",
    discussion: """
      Every setting can be given as an option, as an environment variable (BYTEEDIT_PORT=9000) or \
      in a YAML or JSON file (port: 9000); options win over the environment, the environment over \
      the file. SIGHUP reads the file again; the settings marked * change without a restart. Without API keys only loopback addresses are listened on.

      With --store postgres://… this process loads no model: 'byteedit worker' does, in as many \
      processes as there is work for.

      SETTINGS
      """ + "\n" + ServeKey.helpOfAll)

  @OptionGroup var options: ServiceOptions

  func run() async throws {
    let source = options.source
    try await ServedProcess(try source.read(), source: source).serve()
  }
}

extension ServeKey {
  static func help(of name: String) -> ArgumentHelp {
    ArgumentHelp(stringLiteral: all.first { $0.name == name }?.help ?? "")
  }

  /// Key, variable, default and meaning of every setting.
  static var helpOfAll: String {
    all.map { key in
      let value = key.shown(ServeConfiguration())
      let variable = "BYTEEDIT_" + key.name.uppercased()
      return
        "  \(key.name)\(key.isReloadable ? "*" : "") (\(variable)\(value.isEmpty ? "" : ", default \(value)")): \(key.help)"
    }.joined(separator: "\n")
  }
}
