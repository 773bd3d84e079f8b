import Foundation
import GRDB
import JobStoreBench
import JobStoreSQLite
import Jobs
import Testing

@Suite struct `An operator beside the service` {
  /// A service's store, and one attached to its directory, as another process would be.
  private func withBoth(
    _ body: (Bench, SQLiteJobStore, String) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let clock = ManualClock()
      var environment = SQLiteJobStore.Environment()
      environment.clock = clock
      let service = try SQLiteJobStore(directory: folder, environment: environment)
      let attached = try SQLiteJobStore(attachedTo: folder, environment: environment)
      try await body(Bench(store: service, clock: clock), attached, folder)
      await attached.close()
      await service.close()
    }
  }

  @Test func `reads and cancels what waits and what runs`() async throws {
    try await withBoth { bench, attached, _ in
      let running = try await bench.accept()
      let claimed = try await bench.claim()
      let waiting = try await bench.accept()
      #expect(try await attached.jobs(JobQuery()).jobs.count == 2)
      guard case .canceled = try await attached.cancel(waiting.id),
        case .requested = try await attached.cancel(running.id)
      else { throw Unexpected("not cancelled") }
      #expect(try await bench.job(waiting.id).state == .canceled)
      let answer = try await bench.store.heartbeat(claimed.lease, for: .seconds(30))
      #expect(answer == .cancelRequested)
    }
  }

  @Test(arguments: [JobState.failed, .canceled, .expired])
  func `submits an ended job again with all that it was`(_ state: JobState) async throws {
    try await withBoth { bench, attached, _ in
      let deadline = bench.clock.now() + .seconds(60)
      let old = try await bench.accept([4, 5, 6]) { $0.deadline = deadline }
      switch state {
      case .failed:
        let error = JobError(code: "engine", detail: "broken")
        _ = try await bench.store.finish(
          try await bench.claim().lease, .failed(error, isTransient: false))
      case .canceled: _ = try await bench.store.cancel(old.id)
      default: break
      }
      bench.clock.advance(by: .seconds(61))
      _ = try await bench.store.tidy()
      #expect(try await bench.job(old.id).state == state)
      guard case .accepted(let new) = try await attached.retry(old.id) else {
        throw Unexpected("not accepted")
      }
      let claimed = try await bench.claim().job
      #expect(claimed.id == new.id && new.id != old.id)
      #expect(claimed.seed == old.seed && claimed.image == old.image && claimed.owner == old.owner)
      #expect(claimed.parameters.prompt == old.parameters.prompt)
      #expect(claimed.parameters.deadline == nil, "it has passed")
      #expect(try await bench.store.read(claimed.image.hash) == [4, 5, 6])
    }
  }

  @Test func `submits nothing again that waits, succeeded, is gone or unknown`() async throws {
    try await withBoth { bench, attached, _ in
      let job = try await bench.accept()
      #expect(try await attached.retry(job.id) == .notRetryable(.queued))
      _ = try await bench.store.finish(
        try await bench.claim().lease, .succeeded(try await bench.result()))
      #expect(try await attached.retry(job.id) == .notRetryable(.succeeded))
      bench.clock.advance(by: .seconds(90_000))
      _ = try await bench.store.tidy()
      #expect(try await attached.retry(job.id) == .gone)
      #expect(try await attached.retry(.random()) == .unknown)
    }
  }

  @Test func `purges by age and state, after a dry run that changes nothing`() async throws {
    try await withBoth { bench, attached, folder in
      let shared = try await bench.accept([1, 1])
      let own = try await bench.accept([2, 2, 2])
      let kept = try await bench.accept([1, 1])
      for job in [shared, own] { _ = try await bench.store.cancel(job.id) }
      bench.clock.advance(by: .seconds(700))
      let limit = bench.clock.now() - .seconds(600)
      let states: Set<JobState> = [.canceled]
      let planned = try await attached.purge(endedBefore: limit, states: states, isDryRun: true)
      #expect(planned.jobs == 2)
      #expect(planned.bytes == 3, "the other picture is used by a job that stays")
      #expect(try await bench.job(own.id).state == .canceled)
      #expect(
        try await attached.purge(endedBefore: limit, states: [.failed], isDryRun: false).jobs == 0)
      #expect(
        try await attached.purge(endedBefore: limit, states: states, isDryRun: false) == planned)
      #expect(try await bench.store.job(own.id) == .gone(owner: own.owner))
      #expect(try await bench.store.read(own.image.hash) == [2, 2, 2], "files are the holder's")
      #expect(try await bench.store.tidy().blobsRemoved == 1)
      #expect(try await bench.store.read(kept.image.hash) == [1, 1])
    }
  }

  @Test func `attaches to no folder without a database, and to none of an older version`()
    async throws
  {
    try await withTemporaryFolder { folder in
      let error = #expect(throws: JobStoreError.self) {
        try SQLiteJobStore(attachedTo: folder + "/none")
      }
      #expect(error?.description.contains("data directory") == true)
      #expect(!FileManager.default.fileExists(atPath: folder + "/none"))
      await (try SQLiteJobStore(directory: folder)).close()
      let database = try DatabaseQueue(path: folder + "/jobs.sqlite")
      try await database.write { db in try db.execute(sql: "DELETE FROM grdb_migrations") }
      try database.close()
      #expect(throws: JobStoreError.olderSchema) { try SQLiteJobStore(attachedTo: folder) }
      #expect(throws: JobStoreError.olderSchema) { try StoreInspection(directory: folder) }
    }
  }

  @Test func `is told who holds the directory, what is in it and what is broken`() async throws {
    try await withBoth { bench, _, folder in
      let job = try await bench.accept([7, 7, 7])
      try await bench.accept([8])
      _ = try await bench.store.cancel(job.id)
      let sound = try StoreInspection(directory: folder)
      #expect(sound.holder == getpid())
      #expect(sound.faults.isEmpty && sound.damagedPictures == 0)
      #expect(sound.jobs == [.queued: 1, .canceled: 1])
      #expect(sound.pictures == 2)
      let hash = job.image.hash.text
      try FileManager.default.removeItem(
        atPath: "\(folder)/blobs/\(hash.prefix(2))/\(hash)")
      #expect(try StoreInspection(directory: folder).damagedPictures == 1)
      await bench.store.close()
      #expect(try StoreInspection(directory: folder).holder == nil)
    }
  }
}
