package import Jobs
package import Logging
package import Metrics

/// What workers tell the outside: metrics by the names of the service's contract, and logs.
package struct WorkerMetrics: Sendable {
  private let factory: any MetricsFactory
  private let logger: Logger
  private let inFlight: Meter
  private let wait: Recorder
  private let leasesLost: Counter

  package init(logger: Logger, factory: any MetricsFactory = MetricsSystem.factory) {
    self.logger = logger
    self.factory = factory
    inFlight = Meter(label: "byteedit_jobs_in_flight", dimensions: [], factory: factory)
    wait = Recorder(
      label: "byteedit_job_wait_seconds", dimensions: [], aggregate: true, factory: factory)
    leasesLost = Counter(label: "byteedit_lease_lost_total", dimensions: [], factory: factory)
  }

  /// Counts a job that reached a final state, in a worker or not: a store's `onEnd`.
  package func ended(_ job: Job) {
    Counter(
      label: "byteedit_jobs_total",
      dimensions: [("status", job.state.rawValue), ("task", job.parameters.task.rawValue)],
      factory: factory
    ).increment()
    logger.info("job ended", metadata: metadata(of: job))
  }

  func claimed(_ job: Job) {
    inFlight.increment()
    let waited = (job.startedAt ?? job.runAt).seconds(since: max(job.runAt, job.createdAt))
    wait.record(max(0, waited))
    logger.info("job claimed", metadata: metadata(of: job))
  }

  func released() {
    inFlight.decrement()
  }

  func stage(_ name: String, seconds: Double) {
    Recorder(
      label: "byteedit_stage_duration_seconds", dimensions: [("stage", name)], aggregate: true,
      factory: factory
    ).record(seconds)
  }

  func leaseLost(_ job: Job) {
    leasesLost.increment()
    logger.warning("lease lost, the attempt is dropped", metadata: metadata(of: job))
  }

  func attemptFailed(_ job: Job, _ error: any Error) {
    var metadata = metadata(of: job)
    metadata["error"] = "\(error)"
    logger.warning("attempt failed", metadata: metadata)
  }

  func storeFailed(_ error: JobStoreError, doing action: String) {
    logger.error("the job store failed", metadata: ["action": "\(action)", "error": "\(error)"])
  }

  /// The queue as it stands.
  func queue(_ statistics: QueueStatistics) {
    Gauge(label: "byteedit_queue_depth", dimensions: [], factory: factory)
      .record(statistics.queued)
    Gauge(label: "byteedit_queue_oldest_seconds", dimensions: [], factory: factory)
      .record(statistics.oldestQueuedSeconds)
  }

  /// Never the prompt: it is the caller's.
  private func metadata(of job: Job) -> Logger.Metadata {
    var metadata: Logger.Metadata = [
      "job": "\(job.id)", "state": "\(job.state.rawValue)", "attempt": "\(job.attempt)",
    ]
    if let traceparent = job.traceparent { metadata["traceparent"] = "\(traceparent)" }
    return metadata
  }
}
