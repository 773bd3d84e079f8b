import JobStorePostgres
import JobStoreSQLite
package import Jobs
import TestSupport

/// A keeper of jobs that the conformance suite runs against; a further one adds a case here.
package enum Keeper: String, CaseIterable, Sendable {
  case sqlite
  case postgres

  /// Runs `body` with an empty store whose clock stands still.
  package func withStore(
    settings: JobStoreSettings = JobStoreSettings(),
    _ body: (Bench) async throws -> Void
  ) async throws {
    let clock = ManualClock()
    try await withPlace { place in
      let store = try await open(place, settings: settings, clock: clock)
      try await body(Bench(store: store, clock: clock))
      await store.close()
    }
  }

  /// Runs `body` with an empty place for a store: a folder, or the URL of a database.
  package func withPlace(_ body: (String) async throws -> Void) async throws {
    switch self {
    case .sqlite: try await withTemporaryFolder(body)
    case .postgres: try await withDatabase { url, _ in try await body(url) }
    }
  }

  /// Opens the store in a place of `withPlace`.
  package func open(
    _ place: String, settings: JobStoreSettings, clock: ManualClock
  ) async throws -> any JobStore {
    switch self {
    case .sqlite:
      var environment = SQLiteJobStore.Environment()
      environment.clock = clock
      return try SQLiteJobStore(directory: place, settings: settings, environment: environment)
    case .postgres:
      var environment = PostgresJobStore.Environment()
      environment.clock = clock
      return try await PostgresJobStore(
        address: try PostgresAddress(place), settings: settings, environment: environment)
    }
  }
}

package func withTemporaryFolder(_ body: (String) async throws -> Void) async throws {
  let scratch = try ScratchFolder()
  defer { withExtendedLifetime(scratch) {} }
  try await body(scratch.path)
}

/// Runs `body` with an empty database of the tests' server, or of one of its own.
package func withDatabase(
  on own: PostgresCluster? = nil, _ body: (String, PostgresCluster) async throws -> Void
) async throws {
  let cluster = try own ?? PostgresCluster.shared()
  let url = try cluster.makeDatabase()
  defer { cluster.drop(url) }
  try await body(url, cluster)
}
