import JobStoreBench
import Jobs
import Testing

@Suite struct `A quota of pictures` {
  /// Far above the bytes of an empty database, so that pictures alone decide.
  private static let picture = 4 << 20

  private func picture(_ value: UInt8) -> [UInt8] {
    [UInt8](repeating: value, count: Self.picture)
  }

  /// A store with room for `pictures` of them and, where it counts that, the database.
  private func withStore(
    _ keeper: Keeper, pictures: Int, _ body: (Bench, any JobStore) async throws -> Void
  ) async throws {
    var settings = JobStoreSettings()
    settings.quota = Self.quota(pictures)
    try await keeper.withStore(settings: settings) { try await body($0, $0.store) }
  }

  private static func quota(_ pictures: Int) -> Int { pictures * picture + (1 << 20) }

  @Test(arguments: Keeper.allCases)
  func `takes the oldest ended job's pictures first`(_ keeper: Keeper) async throws {
    try await withStore(keeper, pictures: 2) { bench, store in
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

  @Test(arguments: Keeper.allCases)
  func `takes no more than it must`(_ keeper: Keeper) async throws {
    try await withStore(keeper, pictures: 40) { bench, store in
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

  @Test(arguments: Keeper.allCases)
  func `refuses what waiting jobs leave no room for, and keeps nothing of it`(_ keeper: Keeper)
    async throws
  {
    try await withStore(keeper, pictures: 2) { bench, store in
      let ended = try await bench.accept([1])
      _ = try await store.cancel(ended.id)
      try await bench.accept(picture(0))
      try await bench.accept(picture(1))
      let submission = try await bench.submission(picture(2))
      let limit = Self.quota(2)
      await #expect(throws: JobStoreError.quotaExceeded(limit: limit)) {
        try await store.submit(submission)
      }
      #expect(
        try await store.job(ended.id) != .gone(owner: ended.owner),
        "refused, so nothing was taken away")
      bench.clock.advance(by: .seconds(61))
      _ = try await store.tidy()
      let hash = submission.image.hash
      await #expect(throws: JobStoreError.blobMissing(hash)) { try await store.read(hash) }
      // The same picture as a waiting job's takes no more room, and is not discarded when refused.
      try await bench.accept(picture(1))
      #expect(try await store.read(BlobHash(of: picture(1))).count == Self.picture)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `holds for results too, by the next round of upkeep`(_ keeper: Keeper) async throws {
    try await withStore(keeper, pictures: 2) { bench, store in
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

  @Test(arguments: Keeper.allCases)
  func `changes while the store is open`(_ keeper: Keeper) async throws {
    try await withStore(keeper, pictures: 1) { bench, store in
      try await bench.accept(picture(0))
      let submission = try await bench.submission(picture(1))
      await #expect(throws: JobStoreError.quotaExceeded(limit: Self.quota(1))) {
        try await store.submit(submission)
      }
      store.apply(JobStoreSettings())
      let again = try await bench.submission(picture(1))
      guard case .accepted = try await store.submit(again) else {
        throw Unexpected("refused without a quota")
      }
    }
  }
}
