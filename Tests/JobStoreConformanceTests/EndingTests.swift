import JobStoreBench
import Jobs
import Testing

@Suite struct `Cancelling` {
  @Test(arguments: Keeper.allCases)
  func `a queued job is canceled at once`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      guard case .canceled(let canceled) = try await bench.store.cancel(job.id) else {
        throw Unexpected("not canceled")
      }
      #expect(canceled.state == .canceled && canceled.finishedAt != nil)
      #expect(try await bench.store.claim(worker: "w", lease: .seconds(1)) == nil)
      #expect(try await bench.store.cancel(job.id) == .alreadyFinal(canceled))
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a running job is told at its next step and ends as canceled`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let claimed = try await bench.claim()
      guard case .requested(let asked) = try await bench.store.cancel(job.id) else {
        throw Unexpected("not requested")
      }
      #expect(asked.state == .running && asked.cancelRequested)
      let step = JobProgress(stage: "denoise", step: 1, steps: 8, candidate: 0, candidates: 1)
      #expect(try await bench.store.report(step, under: claimed.lease) == .cancelRequested)
      let answer = try await bench.store.heartbeat(claimed.lease, for: .seconds(9))
      #expect(answer == .cancelRequested)
      #expect(try await bench.store.finish(claimed.lease, .stopped) == .written(.canceled))
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a result that comes after the cancellation is not shown`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let claimed = try await bench.claim()
      _ = try await bench.store.cancel(job.id)
      let result = try await bench.result()
      let answer = try await bench.store.finish(claimed.lease, .succeeded(result))
      #expect(answer == .written(.canceled))
      #expect(try await bench.job(job.id).result == nil)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `cancel, claim and finish race to exactly one end`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      for round in 0..<60 {
        let job = try await bench.accept([UInt8(round)])
        let result = try await bench.result()
        async let canceling = bench.store.cancel(job.id)
        async let working: FinishAnswer? = {
          guard let claimed = try await bench.store.claim(worker: "w", lease: .seconds(9)) else {
            return nil
          }
          return try await bench.store.finish(claimed.lease, .succeeded(result))
        }()
        let (canceled, finished) = try await (canceling, working)
        let end = try await bench.job(job.id)
        #expect(end.state.isFinal)
        switch (canceled, finished) {
        case (.canceled, nil), (.requested, .written(.canceled)): #expect(end.state == .canceled)
        case (.alreadyFinal, .written(.succeeded)): #expect(end.state == .succeeded)
        default: Issue.record("\(canceled) and \(String(describing: finished)) do not fit")
        }
        let finals = try await bench.kinds(job.id).filter {
          JobState(rawValue: $0)?.isFinal == true
        }
        #expect(finals == [end.state.rawValue])
      }
    }
  }
}

@Suite struct `Time` {
  @Test(arguments: Keeper.allCases)
  func `a job whose deadline passed is not started and expires`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept { $0.deadline = bench.clock.now() + .seconds(5) }
      bench.clock.advance(by: .seconds(5))
      #expect(try await bench.store.claim(worker: "w", lease: .seconds(1)) == nil)
      #expect(try await bench.store.tidy().jobsExpired == 1)
      #expect(try await bench.job(job.id).state == .expired)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a job that started before its deadline runs to its end`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept { $0.deadline = bench.clock.now() + .seconds(5) }
      let claimed = try await bench.claim()
      bench.clock.advance(by: .seconds(10))
      #expect(try await bench.store.tidy().jobsExpired == 0)
      let result = try await bench.result()
      _ = try await bench.store.finish(claimed.lease, .succeeded(result))
      #expect(try await bench.job(job.id).state == .succeeded)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `an ended job is gone after its time, with its pictures, and later unknown`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let claimed = try await bench.claim()
      let result = try await bench.result()
      _ = try await bench.store.finish(claimed.lease, .succeeded(result))
      bench.clock.advance(by: .seconds(86399))
      #expect(try await bench.store.tidy() == TidyReport())
      bench.clock.advance(by: .seconds(1))
      let report = try await bench.store.tidy()
      #expect(report.jobsGone == 1 && report.blobsRemoved == 2)
      #expect(try await bench.store.job(job.id) == .gone(owner: job.owner))
      #expect(try await bench.store.cancel(job.id) == .gone)
      #expect(try await bench.store.jobs(JobQuery()).jobs.isEmpty)
      await #expect(throws: JobStoreError.blobMissing(job.image.hash)) {
        try await bench.store.read(job.image.hash)
      }
      bench.clock.advance(by: .seconds(7 * 86400))
      _ = try await bench.store.tidy()
      #expect(try await bench.store.job(job.id) == .unknown)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a picture stays as long as any job uses it`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let first = try await bench.accept([1])
      _ = try await bench.store.cancel(first.id)
      bench.clock.advance(by: .seconds(80000))
      let second = try await bench.accept([1])
      _ = try await bench.store.cancel(second.id)
      bench.clock.advance(by: .seconds(10000))
      #expect(try await bench.store.tidy().jobsGone == 1)
      #expect(try await bench.store.read(second.image.hash) == [1])
      bench.clock.advance(by: .seconds(86400))
      #expect(try await bench.store.tidy().blobsRemoved == 1)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a picture put again just before its removal survives for the new job`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let first = try await bench.accept([1])
      _ = try await bench.store.cancel(first.id)
      bench.clock.advance(by: .seconds(86400))
      let submission = try await bench.submission([1])
      #expect(try await bench.store.tidy().blobsRemoved == 0)
      guard case .accepted(let job) = try await bench.store.submit(submission) else {
        throw Unexpected("refused")
      }
      bench.clock.advance(by: .seconds(3600))
      #expect(try await bench.store.tidy().blobsRemoved == 0)
      #expect(try await bench.store.read(job.image.hash) == [1])
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a picture that no job came to use is removed after the grace`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let blob = try await bench.store.put([8], mediaType: "image/png")
      bench.clock.advance(by: .seconds(599))
      #expect(try await bench.store.tidy().blobsRemoved == 0)
      bench.clock.advance(by: .seconds(1))
      #expect(try await bench.store.tidy().blobsRemoved == 1)
      await #expect(throws: JobStoreError.blobMissing(blob.hash)) {
        try await bench.store.read(blob.hash)
      }
    }
  }
}
