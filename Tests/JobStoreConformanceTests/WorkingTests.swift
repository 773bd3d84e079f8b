import JobStoreBench
import Jobs
import Testing

@Suite struct `Working on jobs` {
  private static let broken = JobError(code: "broken", detail: "try another picture")

  private func step(_ step: Int) -> JobProgress {
    JobProgress(stage: "denoise", step: step, steps: 8, candidate: 0, candidates: 1)
  }

  @Test(arguments: Keeper.allCases)
  func `a job is claimed, reports and succeeds`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let claimed = try await bench.claim()
      #expect(claimed.job.id == job.id && claimed.job.state == .running)
      #expect(claimed.job.attempt == 1 && claimed.lease.token == 1)
      #expect(try await bench.store.report(step(3), under: claimed.lease) == .held)
      #expect(try await bench.job(job.id).progress == step(3))
      bench.clock.advance(by: .seconds(2))
      let result = try await bench.result()
      let answer = try await bench.store.finish(claimed.lease, .succeeded(result))
      #expect(answer == .written(.succeeded))
      let done = try await bench.job(job.id)
      #expect(done.result == result && done.finishedAt == bench.clock.now())
      #expect(done.progress?.step == 3 && done.sequence == 4)
      #expect(try await bench.kinds(job.id) == ["queued", "running", "progress", "succeeded"])
      #expect(try await bench.store.statistics().meanServiceSeconds == 2)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a result is written once`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let claimed = try await bench.claim()
      let result = try await bench.result()
      _ = try await bench.store.finish(claimed.lease, .succeeded(result))
      let other = try await bench.result([5])
      #expect(try await bench.store.finish(claimed.lease, .succeeded(other)) == .lost)
      #expect(try await bench.store.report(step(1), under: claimed.lease) == .lost)
      #expect(try await bench.job(job.id).result == result)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `higher priority comes first, waiting makes up for it`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let early = try await bench.accept()
      bench.clock.advance(by: .seconds(61))
      let plain = try await bench.accept()
      let urgent = try await bench.accept { $0.priority = 1 }
      let order = [early.id, urgent.id, plain.id]
      for (position, id) in order.enumerated() {
        #expect(try await bench.store.queuePosition(of: id) == position)
      }
      for id in order { #expect(try await bench.claim().job.id == id) }
      #expect(try await bench.store.claim(worker: "w", lease: .seconds(1)) == nil)
      #expect(try await bench.store.queuePosition(of: early.id) == nil)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `equals come in the order in which they were accepted`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      var ids: [JobID] = []
      for _ in 0..<20 { ids.append(try await bench.accept().id) }
      for (position, id) in ids.enumerated() {
        #expect(try await bench.store.queuePosition(of: id) == position)
      }
      for id in ids { #expect(try await bench.claim().job.id == id) }
    }
  }

  @Test(arguments: Keeper.allCases)
  func `an expired lease sends the job back, and its late holder is refused`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let stale = try await bench.claim("first", lease: .seconds(30))
      bench.clock.advance(by: .seconds(31))
      #expect(try await bench.store.tidy().leasesExpired == 1)
      #expect(try await bench.store.claim(worker: "second", lease: .seconds(30)) == nil)
      #expect(try await bench.store.heartbeat(stale.lease, for: .seconds(30)) == .lost)
      bench.clock.advance(by: .seconds(1))
      let fresh = try await bench.claim("second")
      #expect(fresh.job.id == job.id && fresh.job.attempt == 2)
      #expect(fresh.lease.token > stale.lease.token)
      let late = try await bench.result([1])
      #expect(try await bench.store.finish(stale.lease, .succeeded(late)) == .lost)
      #expect(try await bench.store.report(step(1), under: stale.lease) == .lost)
      #expect(try await bench.store.heartbeat(stale.lease, for: .seconds(30)) == .lost)
      #expect(try await bench.store.heartbeat(fresh.lease, for: .seconds(30)) == .held)
      let result = try await bench.result([2])
      _ = try await bench.store.finish(fresh.lease, .succeeded(result))
      #expect(try await bench.job(job.id).result == result)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `heartbeats keep a lease alive`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      try await bench.accept()
      let claimed = try await bench.claim(lease: .seconds(30))
      for _ in 0..<5 {
        bench.clock.advance(by: .seconds(20))
        #expect(try await bench.store.heartbeat(claimed.lease, for: .seconds(30)) == .held)
        #expect(try await bench.store.tidy().leasesExpired == 0)
      }
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a job whose worker always vanishes fails in the end`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      for attempt in 1...3 {
        #expect(try await bench.claim(lease: .seconds(1)).job.attempt == attempt)
        bench.clock.advance(by: .seconds(2))
        _ = try await bench.store.tidy()
        bench.clock.advance(by: .seconds(60))
      }
      let failed = try await bench.job(job.id)
      #expect(failed.state == .failed && failed.error == .workerLost)
      #expect(try await bench.store.claim(worker: "w", lease: .seconds(1)) == nil)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a transient failure is repeated, a permanent one is not`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let first = try await bench.claim()
      _ = try await bench.store.finish(first.lease, .failed(Self.broken, isTransient: true))
      let waiting = try await bench.job(job.id)
      #expect(waiting.state == .queued && waiting.error == Self.broken)
      bench.clock.advance(by: .seconds(1))
      let second = try await bench.claim()
      _ = try await bench.store.finish(second.lease, .failed(Self.broken, isTransient: false))
      let failed = try await bench.job(job.id)
      #expect(failed.state == .failed && failed.attempt == 2 && failed.error == Self.broken)
      let kinds = try await bench.kinds(job.id)
      #expect(kinds == ["queued", "running", "requeued", "running", "failed"])
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a lease handed back costs no attempt and is claimable at once`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let first = try await bench.claim()
      #expect(try await bench.store.finish(first.lease, .handedBack) == .written(.queued))
      #expect(try await bench.job(job.id).attempt == 0)
      #expect(try await bench.claim().job.attempt == 1)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `many claimers never get the same job`(_ keeper: Keeper) async throws {
    var settings = JobStoreSettings()
    settings.queueLimit = 1000
    try await keeper.withStore(settings: settings) { bench in
      for _ in 0..<200 { try await bench.accept() }
      let ids = try await withThrowingTaskGroup(of: [JobID].self) { group in
        for worker in 0..<16 {
          group.addTask {
            var ids: [JobID] = []
            while let next = try await bench.store.claim(worker: "\(worker)", lease: .seconds(9)) {
              ids.append(next.job.id)
            }
            return ids
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(ids.count == 200 && Set(ids).count == 200)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `workers are seen while they live`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      try await bench.store.register("w1", description: ["models": ["tiny"]])
      try await bench.store.register("w2", description: [:])
      bench.clock.advance(by: .seconds(20))
      try await bench.store.touch("w1")
      let alive = try await bench.store.workers(seenWithin: .seconds(10))
      #expect(alive.map(\.id) == ["w1"])
      #expect(alive.first?.description == ["models": ["tiny"]])
      try await bench.store.unregister("w1")
      #expect(try await bench.store.workers(seenWithin: .seconds(10)).isEmpty)
    }
  }
}
