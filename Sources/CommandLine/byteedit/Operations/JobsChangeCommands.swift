import ArgumentParser
import JobStoreSQLite
import Jobs

/// Cancels jobs.
struct JobsCancelCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cancel", abstract: "Cancel jobs that wait or run.")

  @OptionGroup var options: JobsOptions
  @Argument(help: "The jobs' ids.") var ids: [JobID]

  func run() async throws {
    try await options.withStore { store in
      for id in ids { try report(try await store.cancel(id), of: id) }
    }
  }

  private func report(_ outcome: CancelOutcome, of id: JobID) throws {
    switch outcome {
    case .canceled(let job): try options.report(job, "canceled")
    case .requested(let job): try options.report(job, "stops at its next step")
    case .alreadyFinal(let job):
      throw JobsFailure(description: "job \(id) has ended already: it is \(job.state.rawValue)")
    case .gone: throw JobsFailure.gone(id)
    case .unknown: throw JobsFailure.unknown(id)
    }
  }
}

/// Submits ended jobs again.
struct JobsRetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry",
    abstract: "Submit jobs again that failed, were canceled or expired.",
    discussion: """
      The new job has the old one's parameters, seed and pictures, and an id of its own; a deadline \
      that has passed is dropped. It is carried out by the running service, or the next one.
      """)

  @OptionGroup var options: JobsOptions
  @Argument(help: "The jobs' ids.") var ids: [JobID]

  func run() async throws {
    try await options.withStore { store in
      for id in ids { try report(try await store.retry(id), of: id) }
    }
  }

  private func report(_ outcome: RetryOutcome, of id: JobID) throws {
    switch outcome {
    case .accepted(let job): try options.report(job, "submitted, again for \(id)")
    case .notRetryable(let state):
      throw JobsFailure(
        description: "job \(id) is \(state.rawValue); only failed, canceled and expired jobs are "
          + "submitted again")
    case .gone: throw JobsFailure.gone(id)
    case .unknown: throw JobsFailure.unknown(id)
    }
  }
}

extension JobsOptions {
  /// One line about a job that was changed.
  func report(_ job: Job, _ what: String) throws {
    print(json ? try JSONText.encode(JobListing(job)) : "\(job.id)  \(what)")
  }
}
