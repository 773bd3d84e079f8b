import ArgumentParser
import ServeSettings

/// A process that edits and serves nobody but its operators.
struct WorkerCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "worker",
    abstract: "Edit what 'byteedit serve' accepts, from a PostgreSQL store that both share.",
    discussion: """
      Takes jobs from --store postgres://… and registers there what it serves. Health and metrics \
      are answered on --management-port. SIGTERM ends it after what it is at, or hands that back.

      SETTINGS
      """ + "\n" + ServeKey.helpOfAll)

  @OptionGroup var options: ServiceOptions

  func run() async throws {
    let source = options.source
    let settings = try source.read()
    guard settings.store != nil else {
      throw ValidationError(
        "a worker needs --store postgres://user@host/database, the one that 'byteedit serve' has")
    }
    try await ServedProcess(settings, source: source).work()
  }
}
