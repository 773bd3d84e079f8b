import ArgumentParser
import JobStoreSQLite
import Jobs

/// Takes ended jobs away before their time.
struct JobsPurgeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "purge",
    abstract: "Remove ended jobs and their pictures.",
    discussion: """
      Says what would go; --yes does it. A purged job answers 410, as one whose time is over. Beside \
      a running service the pictures' files go within seconds; without one they go at once.
      """)

  @OptionGroup var options: JobsOptions

  @Option(help: "Jobs that ended longer ago than this: 90s, 30m, 12h or 7d.")
  var olderThan: SpanArgument

  @Option(help: "Only jobs that ended in this state; may be repeated.")
  var state: [JobState] = []

  @Flag(help: "Do it.")
  var yes = false

  func validate() throws {
    if let state = state.first(where: { !$0.isFinal }) {
      throw ValidationError(
        "--state: a job that is \(state.rawValue) has not ended; cancel it first")
    }
  }

  func run() async throws {
    let limit = SystemWallClock().now() - olderThan.duration
    let states = state.isEmpty ? Set(JobState.allCases.filter(\.isFinal)) : Set(state)
    let report = try await options.withStore { store in
      try await store.purge(endedBefore: limit, states: states, isDryRun: !yes)
    }
    let isSwept = yes ? try await removeFiles() : false
    try print(report, isSwept: isSwept)
  }

  /// Removes the files where no service holds the directory, whose upkeep would do so.
  private func removeFiles() async throws -> Bool {
    do {
      let store = try SQLiteJobStore(directory: options.directory, settings: Self.keepingAll)
      _ = try await store.tidy()
      await store.close()
      return true
    } catch JobStoreError.locked {
      return false
    }
  }

  /// A round of upkeep that ends nothing by its age.
  private static var keepingAll: JobStoreSettings {
    var settings = JobStoreSettings()
    settings.resultRetention = .seconds(100 * 365 * 86_400)
    settings.goneRetention = settings.resultRetention
    return settings
  }

  private func print(_ report: PurgeReport, isSwept: Bool) throws {
    if options.json {
      return Swift.print(
        try JSONText.encode(
          JSONValue.object([
            "jobs": .integer(Int64(report.jobs)), "bytes": .integer(Int64(report.bytes)),
            "purged": .boolean(yes),
          ])))
    }
    let what = "\(report.jobs) jobs with \(byteText(report.bytes)) of pictures"
    guard yes else { return Swift.print("would purge \(what); --yes does it") }
    Swift.print("purged \(what)\(isSwept ? "" : "; the running service removes the files")")
  }
}

/// A span of time on the command line: a whole number and s, m, h or d.
struct SpanArgument: ExpressibleByArgument, Equatable {
  let duration: Duration

  init?(argument: String) {
    let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let unit = argument.last.flatMap({ units[$0] }), let count = Int64(argument.dropLast()),
      (0...1_000_000_000).contains(count)
    else { return nil }
    duration = .seconds(count * unit)
  }
}
