import JobStoreBench
import Jobs
import Testing

@Suite struct `Reading` {
  @Test(arguments: Keeper.allCases)
  func `pages list newest first, without gaps or repeats`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      var ids: [JobID] = []
      for number in 0..<23 {
        if number % 4 == 0 { bench.clock.advance(by: .seconds(1)) }
        ids.append(try await bench.accept().id)
      }
      var query = JobQuery(owner: "owner", limit: 5)
      var seen: [Job] = []
      repeat {
        let page = try await bench.store.jobs(query)
        #expect(page.jobs.count <= 5)
        seen += page.jobs
        query.cursor = page.next.flatMap { JobCursor($0.text) }
      } while query.cursor != nil
      #expect(seen.count == 23 && Set(seen.map(\.id)) == Set(ids))
      #expect(seen.map(\.createdAt) == seen.map(\.createdAt).sorted(by: >))
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a job's standing is that of the job`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let id = try await bench.accept(owner: "me").id
      var standings: [JobStanding] = []
      func look() async throws {
        let job = try await bench.job(id)
        let standing = JobStanding(owner: "me", state: job.state, sequence: job.sequence)
        #expect(try await bench.store.standing(of: id) == .found(standing))
        standings.append(standing)
      }
      try await look()
      let claimed = try await bench.claim()
      try await look()
      let progress = JobProgress(stage: "denoise", step: 1, steps: 8, candidate: 0, candidates: 1)
      _ = try await bench.store.report(progress, under: claimed.lease)
      try await look()
      _ = try await bench.store.cancel(id)
      try await look()
      _ = try await bench.store.finish(claimed.lease, .stopped)
      try await look()
      #expect(Set(standings.map(\.sequence)).count == 5, "a change without an event")
      bench.clock.advance(by: JobStoreSettings().resultRetention)
      _ = try await bench.store.tidy()
      #expect(try await bench.store.standing(of: id) == .unknown)
      let other = try #require(JobID("edit_0123456789abcdefghjkmnpqrs"))
      #expect(try await bench.store.standing(of: other) == .unknown)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `lists are filtered by owner and state`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let mine = try await bench.accept(owner: "me")
      let canceled = try await bench.accept(owner: "me")
      try await bench.accept(owner: "you")
      _ = try await bench.store.cancel(canceled.id)
      func ids(_ query: JobQuery) async throws -> Set<JobID> {
        Set(try await bench.store.jobs(query).jobs.map(\.id))
      }
      #expect(try await ids(JobQuery(owner: "me")) == [mine.id, canceled.id])
      #expect(try await ids(JobQuery(owner: "me", states: [.queued])) == [mine.id])
      #expect(try await ids(JobQuery(states: [.canceled, .failed])) == [canceled.id])
      #expect(try await ids(JobQuery()).count == 3)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `events are replayed from any number on`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let claimed = try await bench.claim()
      for number in 1...6 {
        let step = JobProgress(
          stage: "denoise", step: number, steps: 6, candidate: 0, candidates: 1)
        _ = try await bench.store.report(step, under: claimed.lease)
      }
      let events = try await bench.store.events(of: job.id, after: 4, limit: 3)
      #expect(events.map(\.sequence) == [5, 6, 7])
      let step = JobProgress(stage: "denoise", step: 3, steps: 6, candidate: 0, candidates: 1)
      #expect(events.first?.kind == .progress(step))
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a waiter is woken by a change`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      async let woken = bench.store.waitForChange(
        of: job.id, after: job.sequence, timeout: .seconds(120))
      try await Task.sleep(for: .milliseconds(30))
      let start = ContinuousClock.now
      _ = try await bench.claim()
      guard case .found(let changed) = try await woken else { throw Unexpected("gone") }
      #expect(changed.state == .running)
      #expect(ContinuousClock.now - start < .seconds(60))
    }
  }

  @Test(arguments: Keeper.allCases)
  func `who waits for the end hears of it, and not of what comes before`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      async let woken = bench.store.waitForEnd(of: job.id, timeout: .seconds(120))
      try await Task.sleep(for: .milliseconds(30))
      let start = ContinuousClock.now
      let claimed = try await bench.claim()
      let step = JobProgress(stage: "denoise", step: 1, steps: 2, candidate: 0, candidates: 1)
      _ = try await bench.store.report(step, under: claimed.lease)
      _ = try await bench.store.finish(claimed.lease, .succeeded(try await bench.result()))
      let ended = try await woken
      #expect(ContinuousClock.now - start < .seconds(60))
      #expect(try await ended == bench.store.job(job.id))
      guard case .found(let found) = ended else { throw Unexpected("gone") }
      #expect(found.state == .succeeded && found.result != nil)
      // An end that came before is not waited for, and nothing longer than was said.
      #expect(try await bench.store.waitForEnd(of: job.id, timeout: .seconds(120)) == ended)
      let other = try await bench.accept()
      #expect(
        try await bench.store.waitForEnd(of: other.id, timeout: .milliseconds(20)) == .found(other))
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a waiter does not wait for a final job, nor longer than it said`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let lookup = try await bench.store.waitForChange(
        of: job.id, after: job.sequence, timeout: .milliseconds(20))
      #expect(lookup == .found(job))
      _ = try await bench.store.cancel(job.id)
      let start = ContinuousClock.now
      _ = try await bench.store.waitForChange(of: job.id, after: 999, timeout: .seconds(120))
      #expect(ContinuousClock.now - start < .seconds(60))
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a cancelled waiter leaves at once`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept()
      let start = ContinuousClock.now
      let waiter = Task {
        try await bench.store.waitForChange(
          of: job.id, after: job.sequence, timeout: .seconds(120))
      }
      waiter.cancel()
      _ = try await waiter.value
      #expect(ContinuousClock.now - start < .seconds(60))
    }
  }

  @Test(arguments: Keeper.allCases)
  func `work that is there already is not waited for, work that drains is not hurried to`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      try await bench.accept()
      let start = ContinuousClock.now
      #expect(await bench.handed(within: .seconds(20)) == nil)
      #expect(ContinuousClock.now - start < .seconds(10))
      await bench.store.drain()
      // The word of the job may still be on its way and wake a waiter once.
      var hasWaited = false
      for _ in 0..<20 where !hasWaited {
        let later = ContinuousClock.now
        #expect(await bench.handed(within: .milliseconds(50)) == nil)
        hasWaited = ContinuousClock.now - later >= .milliseconds(50)
      }
      #expect(hasWaited)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `statistics count what waits and what runs`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      #expect(try await bench.store.statistics().oldestQueuedSeconds == 0)
      try await bench.accept()
      bench.clock.advance(by: .seconds(7))
      try await bench.accept()
      try await bench.accept()
      let before = try await bench.store.statistics()
      #expect(before.queued == 3 && before.running == 0 && before.oldestQueuedSeconds == 7)
      _ = try await bench.claim()
      let after = try await bench.store.statistics()
      #expect(after.queued == 2 && after.running == 1 && after.oldestQueuedSeconds == 0)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `a draft is no picture until it is put`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let draft = try await bench.store.draft([5, 6, 7])
      await #expect(throws: JobStoreError.blobMissing(draft.hash)) {
        try await bench.store.read(draft.hash)
      }
      let kept = try await bench.store.put(draft)
      #expect(try await bench.store.read(kept.hash) == [5, 6, 7])
      #expect(try await bench.store.put([5, 6, 7], mediaType: "image/png") == kept)
      let again = try await bench.store.draft([5, 6, 7])
      #expect(try await bench.store.put(again) == kept)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `part of a picture is read, cut to what exists`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let blob = try await bench.store.put([0, 1, 2, 3, 4], mediaType: "image/png")
      #expect(try await bench.store.read(blob.hash, range: 1..<3) == [1, 2])
      #expect(try await bench.store.read(blob.hash, range: 3..<100) == [3, 4])
      #expect(try await bench.store.read(blob.hash, range: 50..<100) == [])
    }
  }
}
