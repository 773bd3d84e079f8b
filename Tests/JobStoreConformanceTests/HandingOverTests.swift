import JobStoreBench
import Jobs
import Testing

@Suite struct `Handing jobs over` {
  /// Whatever the keeper does: somebody is told, and the job is had once.
  private func next(_ bench: Bench, _ worker: String = "worker") async throws -> ClaimedJob {
    for _ in 0..<100 {
      if let handed = await bench.handed(worker, within: .seconds(20)) { return handed }
      // A hint may be of something else.
      let claimed = try await bench.store.claim(worker: worker, lease: .seconds(30))
      if let claimed { return claimed }
    }
    throw Unexpected("nobody was told")
  }

  @Test(arguments: Keeper.allCases)
  func `a worker that waits has the job that comes`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      async let waiting = next(bench)
      let job = try await bench.accept()
      let claimed = try await waiting
      #expect(claimed.job.id == job.id && claimed.job.attempt == 1 && claimed.lease.token == 1)
      #expect(claimed.job.state == .running && claimed.job.startedAt == bench.clock.now())
      #expect(try await bench.job(job.id) == claimed.job)
      #expect(try await bench.kinds(job.id) == ["queued", "running"])
      #expect(try await bench.store.claim(worker: "other", lease: .seconds(1)) == nil)
      let result = try await bench.result()
      let answer = try await bench.store.finish(claimed.lease, .succeeded(result))
      #expect(answer == .written(.succeeded))
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a job that is handed over is taken from who stops working on it`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      async let waiting = next(bench)
      let job = try await bench.accept()
      let stale = try await waiting
      bench.clock.advance(by: .seconds(31))
      #expect(try await bench.store.tidy().leasesExpired == 1)
      bench.clock.advance(by: .seconds(2))
      let fresh = try await bench.claim("other")
      #expect(fresh.job.id == job.id && fresh.lease.token == 2 && fresh.job.attempt == 2)
      #expect(try await bench.store.heartbeat(stale.lease, for: .seconds(1)) == .lost)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a job that waits to be tried again keeps nobody from the next`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let early = try await bench.accept()
      let broken = JobError(code: "broken", detail: "try again")
      let first = try await bench.claim()
      _ = try await bench.store.finish(first.lease, .failed(broken, isTransient: true))
      async let waiting = next(bench)
      let late = try await bench.accept()
      #expect(try await waiting.job.id == late.id)
      bench.clock.advance(by: .seconds(60))
      #expect(try await next(bench).job.id == early.id)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a job that is refused leaves its worker waiting for the next one`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      async let waiting = next(bench)
      var submission = try await bench.submission()
      let missing = try BlobHash(of: [77])
      submission.mask = BlobReference(hash: missing, byteCount: 1, mediaType: "image/png")
      for _ in 0..<3 {
        await #expect(throws: JobStoreError.blobMissing(missing)) {
          try await bench.store.submit(submission)
        }
      }
      let job = try await bench.accept()
      #expect(try await waiting.job.id == job.id)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `each of many jobs goes to one of many impatient workers`(_ keeper: Keeper) async throws {
    let count = 60
    try await keeper.withStore { bench in
      let ids = try await withThrowingTaskGroup(of: [JobID].self) { group in
        for worker in 0..<4 {
          group.addTask { try await work(bench, "w\(worker)", until: count) }
        }
        var accepted: [JobID] = []
        for number in 0..<count {
          accepted.append(try await bench.accept([UInt8(number)]).id)
          if number % 3 == 0 { try await Task.sleep(for: .milliseconds(2)) }
        }
        var worked: [JobID] = []
        for try await ids in group { worked += ids }
        #expect(worked.count == count && Set(worked) == Set(accepted))
        return accepted
      }
      for id in ids {
        let job = try await bench.job(id)
        #expect(job.state == .succeeded && job.attempt == 1)
      }
    }
  }

  /// Works until `count` jobs have ended; its patience ends as often as jobs come.
  private func work(_ bench: Bench, _ name: String, until count: Int) async throws -> [JobID] {
    let result = try await bench.result()
    var ids: [JobID] = []
    while true {
      var claimed = try await bench.store.claim(worker: name, lease: .seconds(30))
      if claimed == nil { claimed = await bench.handed(name, within: .milliseconds(1)) }
      if let claimed {
        #expect(try await bench.store.finish(claimed.lease, .succeeded(result)) != .lost)
        ids.append(claimed.job.id)
      } else {
        let query = JobQuery(states: [.succeeded], limit: 200)
        if try await bench.store.jobs(query).jobs.count == count { return ids }
      }
    }
  }
}
