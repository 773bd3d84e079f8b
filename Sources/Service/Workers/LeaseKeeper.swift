import Jobs

/// Renews the leases of everything that runs, from a thread that never computes.
struct LeaseKeeper: Sendable {
  let workers: [String]
  let store: any JobStore
  let settings: WorkerSettings
  let metrics: WorkerMetrics
  let executions: Executions

  /// One round: every lease once, then the signs of life of the workers themselves.
  func beat(now: ContinuousClock.Instant = .now) {
    for execution in executions.running { renew(execution, now) }
    let (store, workers) = (store, workers)
    _ = attempt("touch") { () async throws(JobStoreError) in
      for id in workers { try await store.touch(id) }
    }
  }

  private func renew(_ execution: Execution, _ now: ContinuousClock.Instant) {
    guard execution.interruption != .leaseLost else { return }
    guard now - execution.began < settings.attemptLimit else {
      // Stalled: without a renewal the reaper gives the job to another.
      execution.interrupt(.leaseLost)
      return
    }
    let (store, lease, span) = (store, execution.lease, settings.lease)
    let answer = attempt("heartbeat", execution.job) { () async throws(JobStoreError) in
      try await store.heartbeat(lease, for: span)
    }
    if let answer {
      execution.note(answer)
    } else if now - execution.renewed >= settings.lease {
      // The store has been out of reach for a whole lease: another may own the job by now.
      execution.interrupt(.leaseLost)
    }
  }

  private func attempt<Value: Sendable>(
    _ action: String, _ job: Job? = nil,
    _ body: @escaping @Sendable () async throws(JobStoreError) -> Value
  ) -> Value? {
    do throws(JobStoreError) {
      return try waiting(for: body)
    } catch {
      metrics.storeFailed(error, doing: action, job)
      return nil
    }
  }
}
