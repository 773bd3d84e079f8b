import JobStoreBench
import JobStoreSQLite
import Jobs
import Testing

@Suite struct `A worker of the accepting process` {
  /// Who accepts comes now and then before the worker waits; then it is a hint as everywhere.
  @Test func `has its job from the accepting transaction`() async throws {
    try await Keeper.sqlite.withStore { bench in
      var isHandedOver = false
      for _ in 0..<50 where !isHandedOver {
        async let waiting = bench.handed(within: .seconds(20))
        try await Task.sleep(for: .milliseconds(20))
        let accepted = try await bench.accept()
        if let handed = await waiting {
          isHandedOver = true
          #expect(handed.job == accepted && accepted.state == .running)
          #expect(accepted.sequence == 2 && accepted.attempt == 1)
        } else {
          let claimed = try await bench.claim()
          _ = try await bench.store.finish(claimed.lease, .succeeded(bench.result()))
        }
      }
      #expect(isHandedOver)
    }
  }
}
