import JobStoreBench
import JobStorePostgres
import Jobs
import Testing

extension Bench {
  fileprivate func acceptTold() async throws -> Job {
    var submission = try await submission()
    submission.webhook = WebhookSubscription(url: try WebhookURL("https://example.org/hook"))
    guard case .accepted(let job) = try await store.submit(submission) else {
      throw Unexpected("not accepted")
    }
    return job
  }
}

@Suite(.serialized, .timeLimit(.minutes(3))) struct `The outbox of many processes` {
  private let claim = DeliveryClaim(lease: .seconds(45))

  @Test func `is sent by whichever process is free, each row by one`() async throws {
    try await withStores(4) { stores, _, _ in
      for number in 0..<40 {
        let bench = Bench(stores[number % 4])
        _ = try await stores[0].cancel(try await bench.acceptTold().id)
      }
      let taken = try await withThrowingTaskGroup(of: [String].self) { group in
        for store in stores {
          group.addTask {
            var ids: [String] = []
            while let claimed = try await store.claimDelivery(claim) {
              ids.append(claimed.delivery.id)
            }
            return ids
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
      #expect(taken.count == 40 && Set(taken).count == 40)
    }
  }

  @Test func `is woken by an end that another process made`() async throws {
    try await withStores(2) { stores, _, _ in
      let job = try await Bench(stores[0]).acceptTold()
      async let waiting: Void = stores[1].waitForDeliveries(claim, timeout: .seconds(600))
      _ = try await stores[0].cancel(job.id)
      await waiting
      #expect(try await stores[1].claimDelivery(claim)?.job.id == job.id)
    }
  }

  /// What an older program does that ends a job: it leaves columns that it does not know alone.
  @Test func `has the ends that an older program left out, once`() async throws {
    try await withStores(1) { stores, url, cluster in
      let store = stores[0]
      let job = try await Bench(store).acceptTold()
      _ = try cluster.query(
        """
        UPDATE jobs SET state = 'failed', finished_at = created_at + 5, sequence = sequence + 1
        WHERE id = '\(job.id)'
        """, in: url)
      #expect(try await store.deliveries(of: job.id).isEmpty)
      for _ in 0..<2 { _ = try await store.tidy() }
      let rows = try await store.deliveries(of: job.id)
      #expect(rows.map(\.event) == [.failed] && rows.map(\.state) == [.pending])
      #expect(rows.first?.createdAt == job.createdAt + .milliseconds(5))
      _ = try await store.cancel(try await Bench(store).acceptTold().id)
      _ = try await store.tidy()
      #expect(try await store.outboxStatistics().pending == 2, "its own ends are not made up for")
    }
  }

  @Test func `passes over a row that is damaged`() async throws {
    try await withStores(1) { stores, url, cluster in
      let store = stores[0]
      let damaged = try await Bench(store).acceptTold()
      _ = try await store.cancel(damaged.id)
      _ = try cluster.query("UPDATE webhook_outbox SET event = 'edit.lost'", in: url)
      let sound = try await Bench(store).acceptTold()
      _ = try await store.cancel(sound.id)
      #expect(try await store.claimDelivery(claim) == nil)
      #expect(try await store.claimDelivery(claim)?.job.id == sound.id)
      let state = try cluster.query(
        "SELECT state FROM webhook_outbox WHERE job_id = '\(damaged.id)'", in: url)
      #expect(state == "failed")
    }
  }

  /// Jobs end while the server is killed again and again: end and row come together or not at all.
  @Test func `has every end and no other after the database was killed`() async throws {
    try await withDatabase(on: try PostgresCluster()) { url, cluster in
      var environment = PostgresJobStore.Environment()
      environment.patience = .seconds(60)
      let store = try await PostgresJobStore(
        address: try PostgresAddress(url), environment: environment)
      let bench = Bench(store)
      var jobs: [JobID] = []
      for _ in 0..<30 { jobs.append(try await bench.acceptTold().id) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for job in jobs {
          group.addTask {
            // A commit whose answer got lost is reported: asked again, it is done or not.
            _ = try? await store.cancel(job)
          }
        }
        group.addTask {
          for _ in 0..<2 {
            try cluster.crash()
            try cluster.start()
          }
        }
        try await group.waitForAll()
      }
      var ended = 0
      for id in jobs {
        let isEnded = try await bench.job(id).state.isFinal
        let events = try await store.deliveries(of: id).map(\.event)
        #expect(events == (isEnded ? [.canceled] : []))
        ended += isEnded ? 1 : 0
      }
      #expect(ended > 0)
      #expect(try await store.outboxStatistics().pending == ended)
      await store.close()
    }
  }
}
