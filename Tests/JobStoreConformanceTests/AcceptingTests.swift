import JobStoreBench
import Jobs
import Testing

@Suite struct `Accepting a job` {
  @Test(arguments: Keeper.allCases)
  func `an accepted job is found as it was given`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      var submission = try await bench.submission {
        $0.metadata = ["order": 17]
        $0.deadline = bench.clock.now() + .seconds(60)
      }
      submission.mask = try await bench.store.put([4, 5], mediaType: "image/png")
      submission.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
      guard case .accepted(let accepted) = try await bench.store.submit(submission) else {
        throw Unexpected("not accepted")
      }
      let job = try await bench.job(accepted.id)
      #expect(job == accepted)
      #expect(job.parameters == submission.parameters)
      #expect(job.mask == submission.mask)
      #expect(job.traceparent == submission.traceparent)
      #expect(job.state == .queued && job.seed == 7 && job.attempt == 0 && job.sequence == 1)
      #expect(try await bench.kinds(job.id) == ["queued"])
      #expect(try await bench.store.read(job.image.hash) == [1, 2, 3])
    }
  }

  @Test(arguments: Keeper.allCases)
  func `an unknown id is unknown`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let id = JobID.random()
      let lookup = try await bench.store.job(id)
      #expect(lookup == .unknown)
      #expect(try await bench.store.cancel(id) == .unknown)
      #expect(try await bench.store.events(of: id, after: 0, limit: 10).isEmpty)
      #expect(try await bench.store.queuePosition(of: id) == nil)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a job without its picture is refused and leaves nothing behind`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      var submission = try await bench.submission(key: "k")
      let missing = try BlobHash(of: [77])
      submission.mask = BlobReference(hash: missing, byteCount: 1, mediaType: "image/png")
      await #expect(throws: JobStoreError.blobMissing(missing)) {
        try await bench.store.submit(submission)
      }
      #expect(try await bench.store.jobs(JobQuery()).jobs.isEmpty)
      // The picture that was there is an orphan now, not one that a refused job holds for ever.
      bench.clock.advance(by: .seconds(600))
      #expect(try await bench.store.tidy().blobsRemoved == 1)
      submission.image = try await bench.store.put([1, 2, 3], mediaType: "image/png")
      submission.mask = nil
      guard case .accepted = try await bench.store.submit(submission) else {
        throw Unexpected("the key was kept by a refused submission")
      }
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a key finds its owner's job as long as it stands for it`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let submission = try await bench.submission(key: "k")
      guard case .accepted(let job) = try await bench.store.submit(submission),
        let key = submission.idempotency?.key, let other = IdempotencyKey("other")
      else { throw Unexpected("not accepted") }
      #expect(try await bench.store.job(named: key, of: "owner") == .found(job))
      #expect(try await bench.store.job(named: key, of: "somebody else") == .unknown)
      #expect(try await bench.store.job(named: other, of: "owner") == .unknown)
      bench.clock.advance(by: JobStoreSettings().idempotencyRetention)
      #expect(try await bench.store.job(named: key, of: "owner") == .unknown)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a full queue refuses and says how long it is`(_ keeper: Keeper) async throws {
    var settings = JobStoreSettings()
    settings.queueLimit = 2
    try await keeper.withStore(settings: settings) { bench in
      try await bench.accept()
      let submission = try await bench.submission(key: "k")
      guard case .accepted(let second) = try await bench.store.submit(submission) else {
        throw Unexpected("the second job was refused")
      }
      let refused = try await bench.store.submit(bench.submission())
      guard case .queueFull(let statistics) = refused else { throw Unexpected("\(refused)") }
      #expect(statistics.queued == 2 && statistics.limit == 2)
      // What was accepted is never refused later, however full the queue.
      #expect(try await bench.store.submit(submission) == .replayed(second.id))
      _ = try await bench.claim()
      try await bench.accept()
    }
  }

  @Test(arguments: Keeper.allCases)
  func `an owner's limit counts what it has queued and running, and nobody else's`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      try await bench.accept(owner: "other")
      let running = try await bench.accept()
      var submission = try await bench.submission(key: "k")
      submission.ownerLimit = 2
      guard case .accepted(let second) = try await bench.store.submit(submission) else {
        throw Unexpected("the second job was refused")
      }
      var further = try await bench.submission()
      further.ownerLimit = 2
      for _ in 0..<2 { _ = try await bench.claim() }
      guard case .ownerLimitReached = try await bench.store.submit(further) else {
        throw Unexpected("a running job was not counted")
      }
      // What was accepted is never refused later, and other owners have limits of their own.
      #expect(try await bench.store.submit(submission) == .replayed(second.id))
      try await bench.accept(owner: "other")
      _ = try await bench.store.cancel(second.id)
      guard case .accepted = try await bench.store.submit(further) else {
        throw Unexpected("an ended job was counted")
      }
      #expect(try await bench.job(running.id).state == .running)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `of parallel submissions no more than the owner's limit are accepted`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      var submission = try await bench.submission()
      submission.ownerLimit = 3
      let outcomes = try await withThrowingTaskGroup(of: SubmitOutcome.self) { group in
        for _ in 0..<20 {
          group.addTask { [submission] in try await bench.store.submit(submission) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let refused = outcomes.filter { outcome in
        if case .ownerLimitReached = outcome { true } else { false }
      }
      #expect(refused.count == 17)
      #expect(try await bench.store.jobs(JobQuery(owner: "owner")).jobs.count == 3)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a draining store refuses work and hands none out`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let submission = try await bench.submission(key: "k")
      guard case .accepted(let job) = try await bench.store.submit(submission) else {
        throw Unexpected("refused")
      }
      await bench.store.drain()
      #expect(try await bench.store.submit(bench.submission()) == .draining)
      #expect(try await bench.store.submit(submission) == .replayed(job.id))
      #expect(try await bench.store.claim(worker: "w", lease: .seconds(1)) == nil)
    }
  }
}

@Suite struct `Idempotency keys` {
  @Test(arguments: Keeper.allCases)
  func `a repeated request is answered with the first job, whatever became of it`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let submission = try await bench.submission(key: "k")
      guard case .accepted(let job) = try await bench.store.submit(submission) else {
        throw Unexpected("refused")
      }
      #expect(try await bench.store.submit(submission) == .replayed(job.id))
      _ = try await bench.store.cancel(job.id)
      #expect(try await bench.store.submit(submission) == .replayed(job.id))
      #expect(try await bench.store.jobs(JobQuery()).jobs.count == 1)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `another payload under the key is refused, another owner's key is not`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      guard case .accepted(let job) = try await bench.store.submit(bench.submission(key: "k"))
      else { throw Unexpected("refused") }
      let other = try await bench.submission(key: "k") { $0.steps = 3 }
      #expect(try await bench.store.submit(other) == .payloadDiffers(job.id))
      let foreign = try await bench.submission(owner: "somebody else", key: "k") { $0.steps = 3 }
      guard case .accepted = try await bench.store.submit(foreign) else {
        throw Unexpected("keys of different owners collide")
      }
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a key is free again after its time`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let submission = try await bench.submission(key: "k")
      guard case .accepted(let job) = try await bench.store.submit(submission) else {
        throw Unexpected("refused")
      }
      bench.clock.advance(by: .seconds(86399))
      #expect(try await bench.store.submit(submission) == .replayed(job.id))
      bench.clock.advance(by: .seconds(1))
      guard case .accepted(let second) = try await bench.store.submit(submission) else {
        throw Unexpected("the key outlived its time")
      }
      #expect(second.id != job.id)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `of parallel duplicates exactly one is accepted`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let submission = try await bench.submission(key: "k")
      let outcomes = try await withThrowingTaskGroup(of: SubmitOutcome.self) { group in
        for _ in 0..<50 { group.addTask { try await bench.store.submit(submission) } }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let accepted = outcomes.compactMap { outcome in
        if case .accepted(let job) = outcome { job.id } else { JobID?.none }
      }
      #expect(accepted.count == 1)
      let replays = outcomes.filter { outcome in
        if case .replayed(let id) = outcome { accepted.contains(id) } else { false }
      }
      #expect(replays.count == 49)
    }
  }
}
