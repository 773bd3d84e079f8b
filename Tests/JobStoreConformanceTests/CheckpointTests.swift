import JobStoreBench
import Jobs
import Testing

@Suite struct `A checkpoint` {
  @Test(arguments: Keeper.allCases)
  func `is the last one that was kept, for the attempts to come`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let first = try await bench.claim(lease: .seconds(10))
      #expect(try await bench.store.checkpoint(of: job.id) == nil)
      let large = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
      for checkpoint in [[], [1, 0, 2], large] {
        #expect(try await bench.store.keep(checkpoint, under: first.lease) == .held)
        #expect(try await bench.store.checkpoint(of: job.id) == checkpoint)
      }
      let sequence = try await bench.job(job.id).sequence
      #expect(try await bench.store.keep([3], under: first.lease) == .held)
      #expect(try await bench.job(job.id).sequence == sequence, "nobody need hear of it")
      bench.clock.advance(by: .seconds(11))
      _ = try await bench.store.tidy()
      #expect(try await bench.store.checkpoint(of: job.id) == [3])
    }
  }

  @Test(arguments: Keeper.allCases)
  func `of a lost lease is refused`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let first = try await bench.claim(lease: .seconds(10))
      _ = try await bench.store.keep([1], under: first.lease)
      bench.clock.advance(by: .seconds(11))
      _ = try await bench.store.tidy()
      #expect(try await bench.store.keep([2], under: first.lease) == .lost)
      bench.clock.advance(by: .seconds(60))
      let second = try await bench.claim()
      #expect(second.job.id == job.id && second.lease.token > first.lease.token)
      #expect(try await bench.store.keep([3], under: first.lease) == .lost)
      #expect(try await bench.store.checkpoint(of: job.id) == [1])
      _ = try await bench.store.cancel(job.id)
      #expect(try await bench.store.keep([4], under: second.lease) == .cancelRequested)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `goes with its job's end, however it ends`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let result = try await bench.result()
      let ends: [Outcome] = [
        .succeeded(result), .failed(JobError(code: "c", detail: "d"), isTransient: false),
      ]
      for outcome in ends {
        let job = try await bench.accept()
        let claimed = try await bench.claim()
        _ = try await bench.store.keep([1], under: claimed.lease)
        _ = try await bench.store.finish(claimed.lease, outcome)
        #expect(try await bench.store.checkpoint(of: job.id) == nil)
      }
      let job = try await bench.accept()
      let claimed = try await bench.claim()
      _ = try await bench.store.keep([1], under: claimed.lease)
      _ = try await bench.store.finish(claimed.lease, .handedBack)
      #expect(try await bench.store.checkpoint(of: job.id) == [1])
      _ = try await bench.store.cancel(job.id)
      #expect(try await bench.job(job.id).state == .canceled)
      #expect(try await bench.store.checkpoint(of: job.id) == nil)
    }
  }
}
