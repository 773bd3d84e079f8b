import Jobs
import MetricsTestKit
import Testing
import Workers

@Suite(.timeLimit(.minutes(3))) struct `Worker metrics` {
  @Test func `stages, waits and jobs in flight are counted under their names`() async throws {
    try await Workshop.open { shop in
      let script = { @Sendable (_: EditInput, onEvent: (EditStep) throws -> Void) in
        try onEvent(.stage(name: "vae_encode", seconds: 0.25))
        return EditOutput.made(of: [1])
      }
      try await shop.withPool(script: script) { pool in
        _ = try await shop.job(try await shop.submit())
        while pool.inFlight > 0 { try await Task.sleep(for: .milliseconds(5)) }
      }
      let stage = try shop.metrics.expectTimer(
        "byteedit_stage_duration_seconds", [("stage", "vae_encode")])
      #expect(stage.values == [250_000_000])
      #expect(try shop.metrics.expectTimer("byteedit_job_wait_seconds").values.count == 1)
      #expect(try shop.metrics.expectMeter("byteedit_jobs_in_flight").values.last == 0)
    }
  }

  @Test func `scores of candidates are counted by judge`() async throws {
    try await Workshop.open { shop in
      let script = { @Sendable (_: EditInput, onEvent: (EditStep) throws -> Void) in
        for share in [0.25, 0.75] {
          try onEvent(.scored(candidate: 0, .test(share)))
        }
        return EditOutput.made(of: [1])
      }
      try await shop.withPool(script: script) { _ in
        _ = try await shop.job(try await shop.submit())
      }
      let recorder = try shop.metrics.expectRecorder(
        "byteedit_reward_score", [("model", "aesthetic")])
      #expect(recorder.values == [0.25, 0.75])
      #expect(throws: (any Error).self) {
        try shop.metrics.expectRecorder("byteedit_reward_score", [("model", "alignment")])
      }
    }
  }

  @Test func `every end of a job is counted by status and task`() async throws {
    try await Workshop.open { shop in
      let id = try await shop.submit()
      guard case .canceled(let job) = try await shop.store.cancel(id) else {
        throw Workshop.Refused()
      }
      shop.workerMetrics.ended(job)
      let counter = try shop.metrics.expectCounter(
        "byteedit_jobs_total", [("status", "canceled"), ("task", "inpaint")])
      #expect(counter.totalValue == 1)
    }
  }

  @Test func `upkeep tidies`() async throws {
    try await Workshop.open { shop in
      let late = try await shop.submit { $0.deadline = Timestamp(milliseconds: 0) }
      _ = try await shop.submit()
      await Upkeep(store: shop.store, metrics: shop.workerMetrics).round()
      #expect(try await shop.job(late).state == .expired)
    }
  }
}
