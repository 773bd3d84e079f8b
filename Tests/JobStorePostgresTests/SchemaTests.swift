import JobStoreBench
import JobStorePostgres
import Jobs
import Testing

@Suite struct `A database's shape` {
  @Test func `is made once by processes that start together`() async throws {
    try await withDatabase { url, cluster in
      let address = try PostgresAddress(url)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<8 {
          group.addTask { await (try await PostgresJobStore(address: address)).close() }
        }
        try await group.waitForAll()
      }
      #expect(try cluster.query("SELECT version FROM schema_migrations", in: url) == "1\n2\n3")
    }
  }

  /// What a newer version adds, an older one leaves alone.
  @Test func `of a newer version that only added is worked on by old and new`() async throws {
    try await withDatabase { url, cluster in
      let address = try PostgresAddress(url)
      let running = try await PostgresJobStore(address: address)
      let added = """
        ALTER TABLE jobs ADD COLUMN mood text NOT NULL DEFAULT 'good';
        INSERT INTO schema_migrations VALUES (4, '4-moods', 1, 0)
        """
      _ = try cluster.query(added, in: url)
      let started = try await PostgresJobStore(address: address)
      for store in [running, started] {
        let job = try await Bench(store).accept()
        let claimed = try await Bench(store).claim()
        let result = try await Bench(store).result()
        #expect(claimed.job.id == job.id)
        #expect(try await store.finish(claimed.lease, .succeeded(result)) == .written(.succeeded))
        await store.close()
      }
    }
  }

  @Test func `of a newer version that left no room is refused by name`() async throws {
    try await withDatabase { url, cluster in
      let address = try PostgresAddress(url)
      await (try await PostgresJobStore(address: address)).close()
      _ = try cluster.query(
        "INSERT INTO schema_migrations VALUES (9, '9-teleport', 9, 0)", in: url)
      await #expect(throws: JobStoreError.newerSchema(found: "9-teleport")) {
        try await PostgresJobStore(address: address)
      }
    }
  }
}
