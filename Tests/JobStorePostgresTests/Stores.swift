import JobStoreBench
import JobStorePostgres
import Jobs

/// Runs `body` with several stores on one database, each as a process of its own would have it.
func withStores(
  _ count: Int, listens: Bool = true,
  settings: JobStoreSettings = JobStoreSettings(),
  _ body: ([PostgresJobStore], String, PostgresCluster) async throws -> Void
) async throws {
  try await withDatabase { url, cluster in
    var stores: [PostgresJobStore] = []
    var environment = PostgresJobStore.Environment()
    environment.connections = 4
    environment.listens = listens
    for _ in 0..<count {
      stores.append(
        try await PostgresJobStore(
          address: try PostgresAddress(url), settings: settings, environment: environment))
    }
    try await body(stores, url, cluster)
    for store in stores { await store.close() }
  }
}

extension Bench {
  /// A bench over a store that goes by the database's clock.
  init(_ store: any JobStore) {
    self.init(store: store, clock: ManualClock(SystemWallClock().now()))
  }
}
