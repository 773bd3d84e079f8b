import ArgumentParser
import Foundation
import Jobs
import ServeSettings

/// Says whether the service would run well here, and what to do where it would not.
struct DoctorCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "doctor",
    abstract: "Check machine, model, job store, disk and limits.",
    discussion: """
      Reads the settings of 'byteedit serve' from the same file and environment, loads the model and \
      the judges, and looks at the data directory; it changes nothing and works beside a running \
      service. Exits with 1 where something is broken; warnings alone exit with 0.
      """)

  @Option(help: "YAML or JSON file with settings (or BYTEEDIT_CONFIG).", completion: .file())
  var config: String?

  @Option(name: .long, help: ServeKey.help(of: "data_dir")) var dataDir: String?
  @Option(name: .long, help: ServeKey.help(of: "model")) var model: String?
  @Option(name: .long, help: ServeKey.help(of: "judges")) var judges: String?

  @Flag(help: "Print the findings as JSON.")
  var json = false

  func run() throws {
    let diagnosis = Diagnosis(findings())
    print(json ? try JSONText.encode(diagnosis) : diagnosis.text)
    if diagnosis.status == .failed { throw ExitCode.failure }
  }

  private func findings() -> [Finding] {
    let (settings, configuration) = readSettings()
    let modelChecks = ModelChecks(settings: settings).findings()
    return [configuration] + MachineChecks(settings: settings).findings() + modelChecks
      + LimitChecks(settings: settings).findings() + TLSChecks(settings: settings).findings()
      + DataDirectoryChecks(settings: settings).findings()
      // Last: OpenBLAS is opened when it is first used.
      + LibraryChecks().findings()
  }

  /// The settings, or the defaults where they cannot be read, so that the rest is checked too.
  private func readSettings() -> (ServeConfiguration, Finding) {
    let options = ["data_dir": dataDir, "model": model, "judges": judges].compactMapValues { $0 }
    let source = SettingsSource(options: options, config: config)
    do {
      let settings = try source.read()
      let unknown = ServeConfiguration.unknownVariables(source.environment)
      guard unknown.isEmpty else {
        return (
          settings,
          .warning(
            "settings", "variables that are no settings: \(unknown.joined(separator: " "))",
            do: "correct or remove them; 'byteedit serve --help' lists the settings")
        )
      }
      return (settings, .ok("settings", "\(ServeKey.all.count) settings read"))
    } catch {
      return (
        ServeConfiguration(),
        .failed(
          "settings", "\(error)", do: "correct it; the checks below are of the default settings")
      )
    }
  }
}
