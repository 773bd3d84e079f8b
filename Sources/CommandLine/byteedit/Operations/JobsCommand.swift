import ArgumentParser
import Foundation
import JobStoreSQLite
import Jobs
import ServeSettings

/// Looks after the jobs of a data directory, also while a service works with it.
struct JobsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs",
    abstract: "List, show, cancel, retry and purge jobs, and send their webhooks again.",
    discussion: """
      Works on the data directory itself, beside a running service or without one. A running edit \
      that is cancelled stops at its next step; a client that waits for a job learns of what was \
      done here when it next asks, or when its wait is over.
      """,
    subcommands: [
      JobsListCommand.self, JobsShowCommand.self, JobsCancelCommand.self, JobsRetryCommand.self,
      JobsRedeliverCommand.self, JobsPurgeCommand.self,
    ])
}

/// Which data directory, and how to print.
struct JobsOptions: ParsableArguments {
  @Option(
    name: .long, help: "Folder of the job database and the pictures (or BYTEEDIT_DATA_DIR).",
    completion: .directory)
  var dataDir: String?

  @Flag(help: "Print JSON.")
  var json = false

  var directory: String {
    dataDir ?? ProcessInfo.processInfo.environment["BYTEEDIT_DATA_DIR"]
      ?? ServeConfiguration().dataDirectory
  }

  /// Runs `body` with the directory's store, whoever holds it.
  func withStore<Value: Sendable>(
    _ body: (SQLiteJobStore) async throws -> Value
  ) async throws -> Value {
    let store = try SQLiteJobStore(attachedTo: directory)
    do {
      let value = try await body(store)
      await store.close()
      return value
    } catch {
      await store.close()
      throw error
    }
  }
}

/// A job's id on the command line.
extension JobID: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
}

extension JobState: ExpressibleByArgument {}

/// A job that cannot be done with what was asked; says why.
struct JobsFailure: Error, CustomStringConvertible {
  var description: String

  static func unknown(_ id: JobID) -> JobsFailure {
    JobsFailure(
      description: "there is no job \(id) here; 'byteedit jobs list' shows those that there are")
  }

  static func gone(_ id: JobID) -> JobsFailure {
    JobsFailure(description: "the time of job \(id) is over and its pictures are removed")
  }
}

extension SQLiteJobStore {
  /// - Throws: `JobsFailure` where there is none, or none any more.
  func existing(_ id: JobID) async throws -> Job {
    switch try await job(id) {
    case .found(let job): return job
    case .gone: throw JobsFailure.gone(id)
    case .unknown: throw JobsFailure.unknown(id)
    }
  }
}
