import Foundation
import Jobs
import Locks
import Testing
import Workers

@Suite(.serialized, .timeLimit(.minutes(3))) struct `Checkpoints of an edit` {
  /// Steps of 5 milliseconds, without end in the first attempt.
  private static func edit(_ attempts: Tally, _ seen: Lock<[[UInt8]?]>)
    -> @Sendable (EditInput, (EditStep) throws -> Void) throws -> EditOutput
  {
    { input, onEvent in
      seen.withLock { $0.append(input.checkpoint) }
      guard attempts.add() == 1 else { return EditOutput.made(of: [2]) }
      while true {
        usleep(5000)
        try onEvent(.step(1, of: 2, candidate: 0))
      }
    }
  }

  private func resume(
    _ settings: WorkerSettings, grace: Duration = .milliseconds(1500)
  ) async throws -> [[UInt8]?] {
    let (attempts, seen) = (Tally(), Lock<[[UInt8]?]>([]))
    try await Workshop.open { shop in
      let first = shop.pool(settings, script: Self.edit(attempts, seen))
      try await first.start(description: [:])
      let id = try await shop.submit([7, 8])
      _ = try await shop.job(id) { $0.progress != nil }
      if settings.checkpointInterval > .zero, settings.checkpointInterval < .seconds(1) {
        while try await shop.store.checkpoint(of: id) == nil {
          try await Task.sleep(for: .milliseconds(5))
        }
      }
      await first.shutDown(grace: grace)
      try await shop.withPool(settings, script: Self.edit(attempts, seen)) { _ in
        let ended = try await shop.job(id)
        #expect(ended.state == .succeeded)
      }
      let kept = try shop.metrics.expectCounter(
        "byteedit_checkpoints_total", [("event", "kept")])
      let isKept = kept.values.reduce(0, +) > 0
      #expect(isKept == (seen.withLock { $0.last } != .some(nil)))
    }
    return seen.withLock { $0 }
  }

  @Test func `are kept at intervals and reach the next attempt`() async throws {
    var settings = WorkerSettings.brisk
    settings.checkpointInterval = .milliseconds(20)
    #expect(try await resume(settings, grace: .milliseconds(50)) == [nil, [7, 8]])
  }

  @Test func `are kept while a pool drains, though their interval is long`() async throws {
    var settings = WorkerSettings.brisk
    settings.checkpointInterval = .seconds(3600)
    #expect(try await resume(settings, grace: .seconds(5)) == [nil, [7, 8]])
  }

  @Test func `are not kept where nobody wants them, nor where they are too large`() async throws {
    var settings = WorkerSettings.brisk
    settings.checkpointInterval = .zero
    #expect(try await resume(settings) == [nil, nil])
    settings.checkpointInterval = .seconds(3600)
    settings.checkpointLimit = 1
    #expect(try await resume(settings) == [nil, nil])
  }

  @Test func `that are used are counted`() async throws {
    try await Workshop.open { shop in
      let script = { @Sendable (_: EditInput, onEvent: (EditStep) throws -> Void) in
        try onEvent(.resumed(answers: 3))
        return EditOutput.made(of: [2])
      }
      try await shop.withPool(script: script) { _ in
        let ended = try await shop.job(try await shop.submit())
        #expect(ended.state == .succeeded)
      }
      let resumed = try shop.metrics.expectCounter(
        "byteedit_checkpoints_total", [("event", "resumed")])
      #expect(resumed.values.reduce(0, +) == 1)
    }
  }
}
