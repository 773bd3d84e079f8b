import Jobs

/// Keeps how far an edit is, now and then, for the attempt that may come after this one.
struct CheckpointKeeper: ~Copyable {
  private let store: any JobStore
  private let execution: Execution
  private let settings: WorkerSettings
  private let executions: Executions
  private let metrics: WorkerMetrics
  private var latest: ContinuousClock.Instant

  init(
    store: any JobStore, execution: Execution, settings: WorkerSettings, executions: Executions,
    metrics: WorkerMetrics
  ) {
    self.store = store
    self.execution = execution
    self.settings = settings
    self.executions = executions
    self.metrics = metrics
    latest = execution.began
  }

  /// What an earlier attempt left; nothing for a first one.
  func left(by lease: Lease) -> [UInt8]? {
    guard lease.token > 1, settings.checkpointInterval > .zero else { return nil }
    let store = store
    do throws(JobStoreError) {
      return try waiting { () async throws(JobStoreError) in
        try await store.checkpoint(of: lease.job)
      }
    } catch {
      metrics.storeFailed(error, doing: "read a checkpoint", execution.job)
      return nil
    }
  }

  /// Throws `Execution.Interruption` when the edit shall stop here.
  ///
  /// A pool that drains may soon hand the job back, so that it is kept more often then.
  mutating func offer(_ make: () -> [UInt8]) throws(Execution.Interruption) {
    try execution.checkpoint()
    let interval = settings.checkpointInterval
    let pause = executions.isDraining ? min(interval, .seconds(1)) : interval
    guard interval > .zero, ContinuousClock.now - latest >= pause else { return }
    keep(make())
    latest = .now
    try execution.checkpoint()
  }

  /// What cannot be kept costs a later attempt its time, and is no reason to fail.
  private func keep(_ checkpoint: [UInt8]) {
    guard checkpoint.count <= settings.checkpointLimit else { return }
    let (store, lease) = (store, execution.lease)
    do throws(JobStoreError) {
      let answer = try waiting { () async throws(JobStoreError) in
        try await store.keep(checkpoint, under: lease)
      }
      execution.note(answer)
      if answer != .lost { metrics.keptCheckpoint() }
    } catch {
      metrics.storeFailed(error, doing: "keep a checkpoint", execution.job)
    }
  }
}
