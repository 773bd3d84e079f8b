import JobStoreBench
import JobStorePostgres
import Jobs
import Testing

/// Several processes' stores on one database, by its clock.
@Suite struct `A database that is shared` {
  @Test func `hands every job to one claimer alone`() async throws {
    var settings = JobStoreSettings()
    settings.queueLimit = 1000
    try await withStores(4, settings: settings) { stores, _, _ in
      let submission = try await Bench(stores[0]).submission()
      for _ in 0..<200 { _ = try await stores[0].submit(submission) }
      let ids = try await withThrowingTaskGroup(of: [JobID].self) { group in
        for worker in 0..<16 {
          let store = stores[worker % 4]
          group.addTask {
            var ids: [JobID] = []
            while let next = try await store.claim(worker: "\(worker)", lease: .seconds(60)) {
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

  @Test func `accepts one of parallel duplicates, whichever process gets it`() async throws {
    try await withStores(3) { stores, _, _ in
      let submission = try await Bench(stores[0]).submission(key: "k")
      let outcomes = try await withThrowingTaskGroup(of: SubmitOutcome.self) { group in
        for number in 0..<30 { group.addTask { try await stores[number % 3].submit(submission) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let accepted = outcomes.compactMap { outcome in
        if case .accepted(let job) = outcome { job.id } else { JobID?.none }
      }
      let id = try #require(accepted.first)
      #expect(accepted.count == 1)
      #expect(outcomes.count { $0 == .replayed(id) } == 29)
    }
  }

  @Test func `never holds more waiting jobs than may wait`() async throws {
    var settings = JobStoreSettings()
    settings.queueLimit = 20
    try await withStores(3, settings: settings) { stores, _, _ in
      let submission = try await Bench(stores[0]).submission()
      let accepted = try await withThrowingTaskGroup(of: Bool.self) { group in
        for number in 0..<60 {
          group.addTask {
            if case .accepted = try await stores[number % 3].submit(submission) {
              true
            } else {
              false
            }
          }
        }
        return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
      }
      #expect(accepted == 20)
    }
  }

  @Test func `ends a job once when cancel and finish race in two processes`() async throws {
    try await withStores(2) { stores, _, _ in
      let bench = Bench(stores[0])
      let result = try await bench.result()
      for round in 0..<30 {
        let job = try await bench.accept([UInt8(round)])
        let claimed = try await bench.claim()
        async let canceling = stores[1].cancel(job.id)
        async let finishing = stores[0].finish(claimed.lease, .succeeded(result))
        let (canceled, finished) = try await (canceling, finishing)
        let end = try await bench.job(job.id)
        switch (canceled, finished) {
        case (.requested, .written(.canceled)): #expect(end.state == .canceled)
        case (.alreadyFinal, .written(.succeeded)): #expect(end.state == .succeeded)
        default: Issue.record("\(canceled) and \(finished) do not fit")
        }
        let finals = try await bench.kinds(job.id).filter {
          JobState(rawValue: $0)?.isFinal == true
        }
        #expect(finals == [end.state.rawValue])
      }
    }
  }

  @Test func `refuses what a worker writes that slept through its lease`() async throws {
    try await withStores(2) { stores, url, cluster in
      let bench = Bench(stores[0])
      let job = try await bench.accept()
      let stale = try await bench.claim()
      // As if the lease's time had passed.
      _ = try cluster.query("UPDATE jobs SET lease_until = 1", in: url)
      #expect(try await stores[1].tidy().leasesExpired == 1)
      _ = try cluster.query("UPDATE jobs SET run_at = 1", in: url)
      let fresh = try #require(try await stores[1].claim(worker: "second", lease: .seconds(60)))
      let late = try await bench.result([1])
      #expect(try await stores[0].heartbeat(stale.lease, for: .seconds(60)) == .lost)
      #expect(try await stores[0].finish(stale.lease, .succeeded(late)) == .lost)
      let result = try await bench.result([2])
      #expect(
        try await stores[1].finish(fresh.lease, .succeeded(result)) == .written(.succeeded))
      #expect(try await bench.job(job.id).result == result)
    }
  }

  @Test func `wakes waiters of other processes`() async throws {
    try await withStores(2) { stores, _, _ in
      let start = ContinuousClock.now
      async let idle = Bench(stores[1]).handed(within: .seconds(300))
      try await Bench(stores[0]).accept()
      #expect(await idle == nil)
      #expect(ContinuousClock.now - start < .seconds(120))
    }
  }

  @Test func `is polled where every notification is lost`() async throws {
    try await withStores(2, listens: false) { stores, _, _ in
      let job = try await Bench(stores[0]).accept()
      let start = ContinuousClock.now
      async let changed = stores[1].waitForChange(
        of: job.id, after: job.sequence, timeout: .seconds(300))
      _ = try await stores[0].cancel(job.id)
      guard case .found(let seen) = try await changed else { throw Unexpected("lost") }
      #expect(seen.state == .canceled)
      #expect(ContinuousClock.now - start < .seconds(120))
    }
  }

  @Test func `gives a draining process's job to another`() async throws {
    try await withStores(2) { stores, _, _ in
      let job = try await Bench(stores[0]).accept()
      let first = try await Bench(stores[0]).claim()
      await stores[0].drain()
      #expect(try await stores[0].finish(first.lease, .handedBack) == .written(.queued))
      #expect(try await stores[0].claim(worker: "w", lease: .seconds(9)) == nil)
      let next = try await Bench(stores[1]).claim()
      #expect(next.job.id == job.id && next.job.attempt == 1)
    }
  }
}
