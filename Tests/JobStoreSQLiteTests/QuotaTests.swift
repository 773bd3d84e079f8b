import Foundation
import JobStoreBench
import JobStoreSQLite
import Jobs
import Testing

@Suite struct `A quota of the data directory` {
  /// Far above the bytes of an empty database, so that pictures alone decide.
  private static let picture = 4 << 20

  private func picture(_ value: UInt8) -> [UInt8] {
    [UInt8](repeating: value, count: Self.picture)
  }

  /// A store with room for `pictures` of them and the database.
  private func withStore(
    pictures: Int, _ body: (Bench, SQLiteJobStore, String) async throws -> Void
  ) async throws {
    try await withTemporaryFolder { folder in
      let clock = ManualClock()
      var environment = SQLiteJobStore.Environment()
      environment.clock = clock
      var settings = JobStoreSettings()
      settings.quota = pictures * Self.picture + (1 << 20)
      let store = try SQLiteJobStore(
        directory: folder, settings: settings, environment: environment)
      try await body(Bench(store: store, clock: clock), store, folder)
      await store.close()
    }
  }

  @Test func `takes the oldest ended job's pictures first`() async throws {
    try await withStore(pictures: 2) { bench, store, _ in
      var jobs: [Job] = []
      for value in 0..<2 as Range<UInt8> {
        let job = try await bench.accept(picture(value))
        _ = try await store.cancel(job.id)
        bench.clock.advance(by: .seconds(1))
        jobs.append(job)
      }
      // One batch holds both; room for a third is made by taking ended ones away.
      let third = try await bench.accept(picture(2))
      #expect(try await store.job(jobs[0].id) == .gone(owner: jobs[0].owner))
      #expect(try await store.job(third.id) == .found(third))
      let hash = try BlobHash(of: picture(0))
      bench.clock.advance(by: .seconds(61))
      #expect(try await store.tidy().blobsRemoved >= 1)
      await #expect(throws: JobStoreError.blobMissing(hash)) { try await store.read(hash) }
      #expect(try await store.read(third.image.hash).count == Self.picture)
    }
  }

  @Test func `takes no more than it must`() async throws {
    try await withStore(pictures: 40) { bench, store, _ in
      var jobs: [Job] = []
      for value in 0..<40 as Range<UInt8> {
        let job = try await bench.accept(picture(value))
        _ = try await store.cancel(job.id)
        bench.clock.advance(by: .seconds(1))
        jobs.append(job)
      }
      try await bench.accept(picture(100))
      #expect(try await store.job(jobs[0].id) == .gone(owner: jobs[0].owner))
      guard case .found = try await store.job(jobs[39].id) else {
        throw Unexpected("the newest ended job was taken away")
      }
      guard case .found = try await store.job(jobs[20].id) else {
        throw Unexpected("a job of the middle was taken away")
      }
    }
  }

  @Test func `refuses what waiting jobs leave no room for, and keeps nothing of it`() async throws {
    try await withStore(pictures: 2) { bench, store, folder in
      let ended = try await bench.accept([1])
      _ = try await store.cancel(ended.id)
      try await bench.accept(picture(0))
      try await bench.accept(picture(1))
      let submission = try await bench.submission(picture(2))
      let limit = 2 * Self.picture + (1 << 20)
      await #expect(throws: JobStoreError.quotaExceeded(limit: limit)) {
        try await store.submit(submission)
      }
      #expect(
        try await store.job(ended.id) != .gone(owner: ended.owner),
        "refused, so nothing was taken away")
      let hash = submission.image.hash.text
      #expect(
        !FileManager.default.fileExists(atPath: "\(folder)/blobs/\(hash.prefix(2))/\(hash)"))
      // The same picture as a waiting job's takes no more room, and is not discarded when refused.
      try await bench.accept(picture(1))
      #expect(try await store.read(BlobHash(of: picture(1))).count == Self.picture)
    }
  }

  @Test func `holds for results too, by the next round of upkeep`() async throws {
    try await withStore(pictures: 2) { bench, store, _ in
      try await bench.accept(picture(0))
      for value in 10..<12 as Range<UInt8> {
        if value == 11 { try await bench.accept([value]) }
        let claimed = try await bench.claim()
        _ = try await store.finish(
          claimed.lease, .succeeded(try await bench.result(picture(value))))
        bench.clock.advance(by: .seconds(1))
      }
      let report = try await store.tidy()
      #expect(report.jobsGone >= 1)
    }
  }

  @Test func `changes while the store is open`() async throws {
    try await withStore(pictures: 1) { bench, store, _ in
      try await bench.accept(picture(0))
      let submission = try await bench.submission(picture(1))
      var settings = store.settings
      settings.quota = nil
      store.apply(settings)
      guard case .accepted = try await store.submit(submission) else {
        throw Unexpected("refused without a quota")
      }
    }
  }
}
