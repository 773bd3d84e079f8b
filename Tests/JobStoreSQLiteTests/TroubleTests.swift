import Foundation
import GRDB
import JobStoreBench
import JobStoreSQLite
import Jobs
import Locks
import Testing

@Suite struct `A data directory in trouble` {
  @Test func `is held by one process at a time`() async throws {
    try await withTemporaryFolder { folder in
      let store = try SQLiteJobStore(directory: folder)
      #expect(throws: JobStoreError.locked(directory: folder)) {
        try SQLiteJobStore(directory: folder)
      }
      await store.close()
      let next = try SQLiteJobStore(directory: folder)
      await next.close()
    }
  }

  @Test func `is let go of quietly when the last write drops it`() async throws {
    try await withTemporaryFolder { folder in
      for round in 0..<100 {
        let store = try SQLiteJobStore(directory: "\(folder)/\(round)")
        await withTaskGroup(of: Void.self) { group in
          for worker in 0..<4 {
            group.addTask { try? await store.register("w\(worker)", description: .null) }
          }
        }
      }
    }
  }

  @Test func `once let go of is whole without its write-ahead log`() async throws {
    try await withTemporaryFolder { folder in
      let store = try SQLiteJobStore(directory: folder)
      let job = try await Bench(store: store, clock: ManualClock()).accept()
      await store.close()
      for name in ["jobs.sqlite-wal", "jobs.sqlite-shm"] {
        try? FileManager.default.removeItem(atPath: folder + "/" + name)
      }
      let next = try SQLiteJobStore(directory: folder)
      #expect(try await next.job(job.id) == .found(job))
      await next.close()
    }
  }

  @Test func `is made with the folders above it`() async throws {
    try await withTemporaryFolder { folder in
      let store = try SQLiteJobStore(directory: folder + "/a/b/data")
      await store.close()
      #expect(throws: JobStoreError.self) { try SQLiteJobStore(directory: "/proc/none/data") }
    }
  }

  @Test func `of a newer version is refused by name`() async throws {
    try await withTemporaryFolder { folder in
      await (try SQLiteJobStore(directory: folder)).close()
      let database = try DatabaseQueue(path: folder + "/jobs.sqlite")
      try await database.write { db in
        try db.execute(sql: "INSERT INTO grdb_migrations VALUES ('9-teleport')")
      }
      try database.close()
      #expect(throws: JobStoreError.newerSchema(found: "9-teleport")) {
        try SQLiteJobStore(directory: folder)
      }
    }
  }

  @Test func `that is no database is called damaged`() async throws {
    try await withTemporaryFolder { folder in
      let file = URL(fileURLWithPath: folder + "/jobs.sqlite")
      try Data(repeating: 7, count: 8192).write(to: file)
      let error = #expect(throws: JobStoreError.self) { try SQLiteJobStore(directory: folder) }
      guard case .corrupt? = error else { throw Unexpected("\(String(describing: error))") }
    }
  }

  @Test func `that is full refuses whole jobs and recovers`() async throws {
    try await withTemporaryFolder { folder in
      var environment = SQLiteJobStore.Environment()
      environment.maximumPages = 60
      var settings = JobStoreSettings()
      settings.queueLimit = 10000
      let store = try SQLiteJobStore(
        directory: folder, settings: settings, environment: environment)
      let bench = Bench(store: store, clock: ManualClock())
      let accepted = Lock<[JobID]>([])
      await #expect(throws: JobStoreError.diskFull) {
        for _ in 0..<10000 {
          let job = try await bench.accept { $0.prompt = String(repeating: "x", count: 2000) }
          accepted.withLock { $0.append(job.id) }
        }
      }
      let ids = accepted.withLock { $0 }
      #expect(!ids.isEmpty)
      let listed = try await store.jobs(JobQuery(limit: 1000)).jobs.map(\.id)
      #expect(Set(listed) == Set(ids))
      await store.close()
    }
  }

  @Test func `that another process keeps locked is busy, not broken`() async throws {
    try await withTemporaryFolder { folder in
      var environment = SQLiteJobStore.Environment()
      environment.busyTimeout = .milliseconds(50)
      let store = try SQLiteJobStore(directory: folder, environment: environment)
      let bench = Bench(store: store, clock: ManualClock())
      let submission = try await bench.submission()
      var configuration = Configuration()
      configuration.allowsUnsafeTransactions = true
      let intruder = try DatabaseQueue(
        path: folder + "/jobs.sqlite", configuration: configuration)
      try await intruder.writeWithoutTransaction { db in
        try db.execute(sql: "BEGIN IMMEDIATE")
      }
      await #expect(throws: JobStoreError.busy) { try await store.submit(submission) }
      await #expect(throws: JobStoreError.busy) {
        try await store.claim(worker: "w", lease: .seconds(1))
      }
      #expect(try await store.jobs(JobQuery()).jobs.isEmpty)
      try await intruder.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
      guard case .accepted = try await store.submit(submission) else {
        throw Unexpected("still refused")
      }
      await store.close()
    }
  }

  @Test func `once closed answers that it is closed, and wakes its waiters`() async throws {
    try await withTemporaryFolder { folder in
      let store = try SQLiteJobStore(directory: folder)
      let job = try await Bench(store: store, clock: ManualClock()).accept()
      let waiting = Task {
        try await store.waitForChange(of: job.id, after: job.sequence, timeout: .seconds(30))
      }
      try await Task.sleep(for: .milliseconds(50))
      await store.close()
      await #expect(throws: JobStoreError.closed) { try await waiting.value }
      await #expect(throws: JobStoreError.closed) { try await store.job(job.id) }
      await #expect(throws: JobStoreError.closed) { try await store.cancel(job.id) }
      await #expect(throws: JobStoreError.closed) {
        try await store.claim(worker: "w", lease: .seconds(1))
      }
      await store.close()
    }
  }
}
