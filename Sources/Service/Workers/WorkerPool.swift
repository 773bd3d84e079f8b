package import Jobs
import Locks

/// A set number of workers over one store: claim, edit, store, again.
///
///     let pool = WorkerPool(store: store, editor: editor, settings: settings, metrics: metrics)
///     try await pool.start(description: ["models": …])
///     …
///     await pool.shutDown(grace: .seconds(20))
package final class WorkerPool: Sendable {
  /// The names of its workers in the store, one per thread.
  package let workers: [String]
  private let store: any JobStore
  private let editor: any EditPerforming
  private let settings: WorkerSettings
  private let metrics: WorkerMetrics
  private let executions = Executions()
  private let threads = Lock<[OwnThread]>([])
  private let stopsBeating = Lock(false)

  package init(
    store: any JobStore, editor: any EditPerforming, settings: WorkerSettings,
    metrics: WorkerMetrics
  ) {
    self.store = store
    self.editor = editor
    self.settings = settings
    self.metrics = metrics
    let id = "worker_\(String(UInt64.random(in: 0 ... .max), radix: 36))"
    workers = (0..<max(1, settings.count)).map { "\(id).\($0)" }
  }

  /// Edits that run at this moment.
  package var inFlight: Int { executions.running.count }

  /// Registers the workers with what they serve and starts their threads.
  package func start(description: JSONValue) async throws {
    for id in workers { try await store.register(id, description: description) }
    let keeper = LeaseKeeper(
      workers: workers, store: store, settings: settings, metrics: metrics,
      executions: executions)
    try start("lease-keeper", niceness: 0) { [self] in beat(keeper) }
    for (number, id) in workers.enumerated() {
      let worker = Worker(
        id: id, store: store, editor: editor, settings: settings,
        metrics: metrics, executions: executions)
      try start("worker-\(number)", niceness: settings.niceness) { worker.run() }
    }
  }

  private func start(
    _ name: String, niceness: Int32, _ body: @escaping @Sendable () -> Void
  ) throws(WorkerError) {
    let thread = try OwnThread.start(
      name, niceness: niceness, stackSize: settings.stackSize, body)
    threads.withLock { $0.append(thread) }
  }

  private func beat(_ keeper: LeaseKeeper) {
    var next = ContinuousClock.now
    while !stopsBeating.withLock({ $0 }) {
      if ContinuousClock.now >= next {
        keeper.beat()
        next = .now + settings.heartbeatInterval
      }
      pause(min(settings.heartbeatInterval, .milliseconds(100)))
    }
  }

  /// Begins nothing new, lets what runs finish within `grace`, hands the rest back, and ends.
  ///
  /// Leases are given back before this returns, even when a thread is still in the middle of a
  /// step; what such a thread writes later is refused by the store.
  package func shutDown(grace: Duration) async {
    executions.drain()
    await wait(atMost: grace) { executions.running.isEmpty }
    for execution in executions.running { await handBack(execution) }
    stopsBeating.withLock { $0 = true }
    await wait(atMost: .seconds(2)) { threads.withLock { $0.allSatisfy(\.hasEnded) } }
    do throws(JobStoreError) {
      for id in workers { try await store.unregister(id) }
    } catch {
      metrics.storeFailed(error, doing: "unregister")
    }
  }

  private func handBack(_ execution: Execution) async {
    execution.interrupt(.handedBack)
    do throws(JobStoreError) {
      _ = try await store.finish(execution.lease, .handedBack)
    } catch {
      metrics.storeFailed(error, doing: "hand back", execution.job)
    }
  }

  private func wait(atMost span: Duration, until condition: () -> Bool) async {
    let end = ContinuousClock.now + span
    while !condition(), ContinuousClock.now < end {
      try? await Task.sleep(for: .milliseconds(10))
    }
  }
}
