import JobStoreBench
import Jobs
import Testing

@Suite(.serialized) struct `A keeper under load` {
  /// Limits are ten times what a slow machine needs: this finds a missing index, not a slow disk.
  @Test(arguments: Keeper.allCases)
  func `ten thousand waiting jobs do not slow it down`(_ keeper: Keeper) async throws {
    var settings = JobStoreSettings()
    settings.queueLimit = 20000
    try await keeper.withStore(settings: settings) { bench in
      let submission = try await bench.submission()
      try await fill(bench, submission, count: 10000)
      let spent = try await ContinuousClock().measure {
        for _ in 0..<200 {
          let claimed = try await bench.claim()
          _ = try await bench.store.queuePosition(of: claimed.job.id)
          _ = try await bench.store.jobs(JobQuery(owner: "owner", limit: 20))
          _ = try await bench.store.tidy()
          _ = try await bench.store.finish(
            claimed.lease, .failed(JobError(code: "x", detail: "y"), isTransient: false))
        }
      }
      print("a round of claim, list, tidy and finish among 10,000 jobs: \(spent / 200)")
      #expect(spent / 200 < .milliseconds(250))
    }
  }

  private func fill(_ bench: Bench, _ submission: Submission, count: Int) async throws {
    let clients = 100
    let spent = try await ContinuousClock().measure {
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<clients {
          group.addTask {
            for _ in 0..<(count / clients) {
              guard case .accepted = try await bench.store.submit(submission) else {
                throw Unexpected("refused")
              }
            }
          }
        }
        try await group.waitForAll()
      }
    }
    print(
      "\(count) durable submits by \(clients) clients: \(Double(count) / spent.inSeconds) per second"
    )
    #expect(try await bench.store.statistics().queued == count)
  }

  @Test func `waiters leave nothing behind`() async throws {
    let notifier = ChangeNotifier()
    let job = JobID.random()
    for _ in 0..<100 {
      let ticket = notifier.ticket(for: job)
      await ticket.wait(timeout: .zero)
      notifier.discard(ticket, of: job)
    }
    let worker = notifier.idleWorker("w", lease: .seconds(1))
    notifier.workArrived()
    await worker.wait(timeout: .seconds(30))
    #expect(notifier.waiting == 0)
  }
}
