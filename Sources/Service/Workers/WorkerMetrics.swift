package import Jobs
import Locks
package import Logging
package import Metrics
import Observability

/// What workers tell the outside: metrics by the names of the catalogue, and logs.
package struct WorkerMetrics: Sendable {
  private let factory: any MetricsFactory
  private let logger: Logger
  /// By stage: looked up once.
  private let stageTimers = Lock<[String: Timer]>([:])

  package init(logger: Logger, factory: any MetricsFactory = MetricsSystem.factory) {
    self.logger = logger
    self.factory = factory
    // There from the start, at zero: a first failure is an increase, too.
    for event in ["kept", "resumed"] { countCheckpoints(event, 0) }
    for state in JobState.allCases where state.isFinal {
      for task in EditParameters.Task.allCases { count(0, state, task) }
    }
  }

  private func count(_ number: Int, _ state: JobState, _ task: EditParameters.Task) {
    MetricCatalogue.jobs.counter(
      [("status", state.rawValue), ("task", task.rawValue)], factory: factory
    ).increment(by: number)
  }

  /// Counts a job that reached a final state, in a worker or not: made to be a store's `onEnd`.
  package func ended(_ job: Job) {
    count(1, job.state, job.parameters.task)
    logger.info("job ended", metadata: metadata(of: job))
  }

  func claimed(_ job: Job) {
    MetricCatalogue.jobsInFlight.gauge(factory: factory).increment()
    let waited = (job.startedAt ?? job.createdAt).seconds(since: job.createdAt)
    MetricCatalogue.jobWait.record(.seconds(max(0, waited)), factory: factory)
    logger.info("job claimed", metadata: metadata(of: job))
  }

  func released() {
    MetricCatalogue.jobsInFlight.gauge(factory: factory).decrement()
  }

  func stage(_ name: String, seconds: Double) {
    let timer = stageTimers.withLock { timers in
      if let timer = timers[name] { return timer }
      let timer = MetricCatalogue.stageDuration.timer([("stage", name)], factory: factory)
      timers[name] = timer
      return timer
    }
    timer.recordNanoseconds(Duration.seconds(seconds).nanoseconds)
  }

  func scored(_ scores: CandidateScores) {
    for (judge, score) in scores.byJudge {
      MetricCatalogue.rewardScore.record(
        score.calibrated, [("model", judge)], factory: factory)
    }
  }

  func keptCheckpoint() { countCheckpoints("kept", 1) }

  /// - Parameter answers: how often the model need not be asked again.
  func resumed(_ job: Job, answers: Int) {
    countCheckpoints("resumed", 1)
    var metadata = metadata(of: job)
    metadata["answers"] = "\(answers)"
    logger.info("job resumed from its checkpoint", metadata: metadata)
  }

  private func countCheckpoints(_ event: String, _ number: Int) {
    MetricCatalogue.checkpoints.counter([("event", event)], factory: factory)
      .increment(by: number)
  }

  func leaseLost(_ job: Job) {
    MetricCatalogue.leaseLost.counter(factory: factory).increment()
    logger.warning("lease lost, the attempt is dropped", metadata: metadata(of: job))
  }

  func attemptFailed(_ job: Job, _ error: any Error) {
    var metadata = metadata(of: job)
    metadata["error"] = "\(error)"
    logger.warning("attempt failed", metadata: metadata)
  }

  /// - Parameter job: the one that it was about, if about one.
  func storeFailed(_ error: JobStoreError, doing action: String, _ job: Job? = nil) {
    var metadata = job.map(metadata) ?? [:]
    metadata["action"] = "\(action)"
    metadata["error"] = "\(error)"
    logger.error("the job store failed", metadata: metadata)
  }

  /// Never the prompt: it is the caller's.
  private func metadata(of job: Job) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      LogKey.jobID: "\(job.id)", "state": "\(job.state.rawValue)", "attempt": "\(job.attempt)",
    ]
    if let trace = job.traceparent.flatMap({ TraceContext(traceparent: $0) }) {
      metadata[LogKey.traceID] = "\(trace.traceID)"
    }
    return metadata
  }
}
