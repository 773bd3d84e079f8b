import Foundation
import JobStoreSQLite
import Jobs
import Testing
import Workers

@Suite(.serialized, .timeLimit(.minutes(3))) struct `Stopping a worker` {
  /// Steps of 5 milliseconds until it is stopped.
  private static func endless(_ steps: Tally)
    -> @Sendable (
      EditInput, (EditStep) throws -> Void
    ) throws -> EditOutput
  {
    { _, onEvent in
      while true {
        usleep(5000)
        try onEvent(.step(steps.add(), of: 1_000_000, candidate: 0))
      }
    }
  }

  @Test func `a cancelled job ends at its next step`() async throws {
    let steps = Tally()
    try await Workshop.open { shop in
      try await shop.withPool(script: Self.endless(steps)) { pool in
        let id = try await shop.submit()
        _ = try await shop.job(id) { $0.progress != nil }
        _ = try await shop.store.cancel(id)
        #expect(try await shop.job(id).state == .canceled)
        while pool.inFlight > 0 { try await Task.sleep(for: .milliseconds(5)) }
        let stopped = steps.count
        try await Task.sleep(for: .milliseconds(50))
        #expect(steps.count == stopped)
      }
    }
  }

  @Test func `a cancellation is seen between reports too`() async throws {
    var settings = WorkerSettings.brisk
    settings.progressInterval = .seconds(60)
    try await Workshop.open { shop in
      try await shop.withPool(settings, script: Self.endless(Tally())) { _ in
        let id = try await shop.submit()
        _ = try await shop.job(id) { $0.progress != nil }
        _ = try await shop.store.cancel(id)
        #expect(try await shop.job(id).state == .canceled)
      }
    }
  }

  @Test func `a lost lease stops the attempt, and only the next one counts`() async throws {
    let tries = Tally()
    try await Workshop.open { shop in
      let script = { @Sendable (_: EditInput, onEvent: (EditStep) throws -> Void) in
        guard tries.add() == 1 else { return EditOutput.made(of: [2]) }
        while true {
          usleep(5000)
          try onEvent(.stage(name: "denoise", seconds: 0))
        }
      }
      var settings = WorkerSettings.brisk
      // The lease ends before its keeper renews it: a machine that was suspended.
      settings.lease = .milliseconds(1)
      settings.heartbeatInterval = .milliseconds(200)
      try await shop.withPool(settings, script: script) { _ in
        let id = try await shop.submit()
        _ = try await shop.job(id) { $0.state == .running }
        while try await shop.store.tidy().leasesExpired == 0 {
          try await Task.sleep(for: .milliseconds(5))
        }
        let job = try await shop.job(id)
        #expect(job.state == .succeeded && job.attempt == 2)
        #expect(try await shop.store.read(#require(job.result).candidates[0].image.hash) == [2])
      }
      let lost = try shop.metrics.expectCounter("byteedit_lease_lost_total")
      #expect(lost.values.reduce(0, +) >= 1)
    }
  }

  @Test func `heartbeats keep a lease while the edit computes in silence`() async throws {
    let clock = ManualClock()
    var environment = SQLiteJobStore.Environment()
    environment.clock = clock
    var settings = WorkerSettings.brisk
    settings.lease = .seconds(10)
    try await Workshop.open(environment: environment) { shop in
      let gate = DispatchSemaphore(value: 0)
      let script = { @Sendable (_: EditInput, _: (EditStep) throws -> Void) in
        gate.wait()
        return EditOutput.made(of: [1])
      }
      try await shop.withPool(settings, script: script) { pool in
        let id = try await shop.submit()
        while pool.inFlight == 0 { try await Task.sleep(for: .milliseconds(5)) }
        // Half a minute: three leases. A worker's sign of life follows the round's heartbeats.
        for _ in 0..<8 {
          clock.advance(by: .seconds(4))
          while try await shop.store.workers(seenWithin: .zero).isEmpty {
            try await Task.sleep(for: .milliseconds(5))
          }
          #expect(try await shop.store.tidy().leasesExpired == 0)
        }
        gate.signal()
        #expect(try await shop.job(id).attempt == 1)
      }
    }
  }

  @Test func `an attempt that stalls loses its lease, and the job fails in the end`() async throws {
    var store = JobStoreSettings()
    store.maxAttempts = 1
    var settings = WorkerSettings.brisk
    settings.lease = .milliseconds(100)
    settings.attemptLimit = .milliseconds(200)
    try await Workshop.open(settings: store) { shop in
      let gate = DispatchSemaphore(value: 0)
      let script = { @Sendable (_: EditInput, _: (EditStep) throws -> Void) in
        gate.wait()
        return EditOutput.made(of: [1])
      }
      try await shop.withPool(settings, script: script) { _ in
        let id = try await shop.submit()
        while try await shop.store.tidy().leasesExpired == 0 {
          try await Task.sleep(for: .milliseconds(5))
        }
        gate.signal()
        let job = try await shop.job(id)
        #expect(job.state == .failed && job.error == .workerLost)
      }
      #expect(try await shop.store.jobs(JobQuery(states: [.succeeded])).jobs.isEmpty)
    }
  }

  @Test func `a pool that shuts down lets the running job finish and takes no other`() async throws
  {
    try await Workshop.open { shop in
      let gate = DispatchSemaphore(value: 0)
      let pool = shop.pool { _, _ in
        gate.wait()
        usleep(300_000)
        return .made(of: [1])
      }
      try await pool.start(description: [:])
      let first = try await shop.submit()
      let second = try await shop.submit()
      while pool.inFlight == 0 { try await Task.sleep(for: .milliseconds(5)) }
      gate.signal()
      await pool.shutDown(grace: .seconds(10))
      #expect(try await shop.job(first).state == .succeeded)
      #expect(try await shop.job(second) { _ in true }.state == .queued)
      #expect(try await shop.store.workers(seenWithin: .seconds(60)).isEmpty)
    }
  }

  @Test func `what does not finish in time is handed back without costing an attempt`() async throws
  {
    try await Workshop.open { shop in
      let pool = shop.pool(script: Self.endless(Tally()))
      try await pool.start(description: [:])
      let id = try await shop.submit()
      _ = try await shop.job(id) { $0.progress != nil }
      await pool.shutDown(grace: .milliseconds(50))
      let waiting = try await shop.job(id) { _ in true }
      #expect(waiting.state == .queued && waiting.attempt == 0)
      try await shop.withPool(script: { _, _ in .made(of: [1]) }) { _ in
        let job = try await shop.job(id)
        #expect(job.state == .succeeded && job.attempt == 1)
      }
    }
  }

  @Test func `a pool over a closed store ends`() async throws {
    try await Workshop.open { shop in
      let pool = shop.pool { _, _ in .made(of: [1]) }
      try await pool.start(description: [:])
      await shop.store.close()
      let start = ContinuousClock.now
      await pool.shutDown(grace: .seconds(1))
      #expect(ContinuousClock.now - start < .seconds(10))
    }
  }
}
