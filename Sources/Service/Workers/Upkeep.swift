package import Jobs

/// Keeps a store in order: expired leases, passed deadlines, results whose time is over.
package struct Upkeep: Sendable {
  private let store: any JobStore
  private let metrics: WorkerMetrics
  private let interval: Duration

  package init(store: any JobStore, metrics: WorkerMetrics, interval: Duration = .seconds(2)) {
    self.store = store
    self.metrics = metrics
    self.interval = interval
  }

  /// Runs until its task is cancelled.
  package func run() async {
    while !Task.isCancelled {
      await round()
      try? await Task.sleep(for: interval)
    }
  }

  /// One round; a failing store is logged and tried again in the next one.
  package func round() async {
    do throws(JobStoreError) {
      _ = try await store.tidy()
    } catch {
      metrics.storeFailed(error, doing: "tidy")
    }
  }
}
