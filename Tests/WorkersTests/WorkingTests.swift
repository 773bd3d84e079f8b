import Foundation
import Jobs
import Locks
import Testing
import Workers

@Suite(.serialized) struct `A worker` {
  @Test func `takes a job, reports its steps and stores what was made`() async throws {
    try await Workshop.open { shop in
      let script = { @Sendable (input: EditInput, onEvent: (EditStep) throws -> Void) in
        for step in 1...4 { try onEvent(.step(step, of: 4, candidate: 0)) }
        try onEvent(.stage(name: "denoise", seconds: 0.5))
        return EditOutput.made(
          of: try input.image.bytes() + (try input.mask?.bytes() ?? []), seed: input.seed)
      }
      try await shop.withPool(script: script) { _ in
        let id = try await shop.submit([1, 2], mask: [3])
        let job = try await shop.job(id)
        #expect(job.state == .succeeded && job.attempt == 1)
        let candidate = try #require(job.result?.candidates.first)
        #expect(candidate.seed == 42 && candidate.receipt == ["model": "abc"])
        #expect(try await shop.store.read(candidate.image.hash) == [1, 2, 3])
        let steps = try await shop.store.events(of: id, after: 0, limit: 100).compactMap { event in
          if case .progress(let progress) = event.kind { progress.step } else { Int?.none }
        }
        #expect(steps == [1, 2, 3, 4])
      }
    }
  }

  @Test func `keeps scores and heat map, and tells scores as they come`() async throws {
    try await Workshop.open { shop in
      let region = PictureRegion(x: 1, y: 2, width: 3, height: 4)
      let script = { @Sendable (_: EditInput, onEvent: (EditStep) throws -> Void) in
        for index in 0..<3 {
          try onEvent(.step(2, of: 2, candidate: index))
          try onEvent(.scored(candidate: index, .test(0.25)))
        }
        var output = EditOutput.made(of: [1])
        let made = output.candidates[0]
        output.candidates[0] = .init(
          index: 2, seed: 9, bytes: [4], mediaType: "image/png", width: 2, height: 2,
          preserved: made.preserved, receipt: made.receipt, scores: .test(0.5),
          coherenceMap: .init(bytes: [5, 6], width: 7, height: 8, region: region))
        return output
      }
      try await shop.withPool(script: script) { _ in
        let id = try await shop.submit { $0.count = 2 }
        let job = try await shop.job(id)
        let candidate = try #require(job.result?.candidates.first)
        let map = try #require(candidate.coherenceMap)
        #expect(candidate.index == 2 && candidate.scores == .test(0.5))
        #expect(map.width == 7 && map.height == 8 && map.region == region)
        #expect(try await shop.store.read(map.image.hash) == [5, 6])
        let scored = try await shop.store.events(of: id, after: 0, limit: 100).compactMap { event in
          guard case .progress(let progress) = event.kind, progress.stage == "score" else {
            return [ScoredCandidate]?.none
          }
          // The third was not asked for: more are drawn where too few are good enough.
          #expect(progress.candidates == max(2, progress.candidate + 1) && progress.fraction <= 1)
          return progress.scored
        }
        #expect(scored.map { $0.map(\.index) } == [[0], [0, 1], [0, 1, 2]])
        #expect(scored.last?.last?.scores == .test(0.25))
      }
    }
  }

  @Test func `is woken by a new job long before it would look by itself`() async throws {
    var settings = WorkerSettings.brisk
    settings.pollInterval = .seconds(60)
    try await Workshop.open { shop in
      let pool = shop.pool(settings) { _, _ in .made(of: [1]) }
      try await pool.start(description: [:])
      try await Task.sleep(for: .milliseconds(200))
      let start = ContinuousClock.now
      let job = try await shop.job(try await shop.submit())
      #expect(job.state == .succeeded)
      #expect(ContinuousClock.now - start < .seconds(30))
      await shop.store.drain()
      await pool.shutDown(grace: .seconds(5))
    }
  }

  @Test func `computes on a thread of its own, lower in priority`() async throws {
    try await Workshop.open { shop in
      let seen = Lock<(name: String, nice: Int32)>(("", 0))
      let script = { @Sendable (_: EditInput, _: (EditStep) throws -> Void) in
        let name = try String(contentsOfFile: "/proc/thread-self/comm", encoding: .utf8)
        seen.withLock { $0 = (name, niceness()) }
        return EditOutput.made(of: [1])
      }
      try await shop.withPool(script: script) { _ in
        _ = try await shop.job(try await shop.submit())
      }
      #expect(seen.withLock(\.name) == "worker-0\n")
      #expect(seen.withLock(\.nice) == min(19, niceness() + 10))
    }
  }

  @Test func `fails a job for good on bad input`() async throws {
    let bad = JobError(code: "mask_empty", detail: "paint something into the mask")
    let tries = Tally()
    try await Workshop.open { shop in
      let script = { @Sendable (_: EditInput, _: (EditStep) throws -> Void) -> EditOutput in
        tries.add()
        throw EditFailure.permanent(bad)
      }
      try await shop.withPool(script: script) { _ in
        let job = try await shop.job(try await shop.submit())
        #expect(job.state == .failed && job.error == bad)
      }
    }
    #expect(tries.count == 1)
  }

  @Test func `tries again what may succeed later`() async throws {
    let tries = Tally()
    try await Workshop.open { shop in
      let script = { @Sendable (_: EditInput, _: (EditStep) throws -> Void) -> EditOutput in
        guard tries.add() > 1 else {
          throw EditFailure.transient(JobError(code: "no_memory", detail: "submit again later"))
        }
        return .made(of: [1])
      }
      try await shop.withPool(script: script) { _ in
        let job = try await shop.job(try await shop.submit())
        #expect(job.state == .succeeded && job.attempt == 2 && job.error == nil)
      }
    }
  }

  @Test func `survives an unknown error, and gives up after the last attempt`() async throws {
    struct Strange: Error {}
    var settings = JobStoreSettings()
    settings.maxAttempts = 1
    try await Workshop.open(settings: settings) { shop in
      let script = { @Sendable (input: EditInput, _: (EditStep) throws -> Void) -> EditOutput in
        if try input.image.bytes() == [6, 6, 6] { throw Strange() }
        return .made(of: [1])
      }
      try await shop.withPool(script: script) { _ in
        let poison = try await shop.job(try await shop.submit([6, 6, 6]))
        #expect(poison.state == .failed && poison.error?.code == "internal_error")
        #expect(try await shop.job(try await shop.submit()).state == .succeeded)
      }
    }
  }
}

/// Of the calling thread.
func niceness() -> Int32 {
  getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
}
