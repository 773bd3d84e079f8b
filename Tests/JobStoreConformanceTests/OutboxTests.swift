import JobStoreBench
import Jobs
import Testing

private func hook(
  _ events: Set<WebhookEvent> = WebhookEvent.ends, host: String = "example.org",
  format: String = WebhookSubscription.nativeFormat
) throws -> WebhookSubscription {
  WebhookSubscription(url: try WebhookURL("https://\(host)/hook"), events: events, format: format)
}

private let sender = DeliveryClaim(lease: .seconds(45))

extension Bench {
  /// Accepts a job that somebody wants to hear of.
  fileprivate func accept(
    _ webhook: WebhookSubscription, _ change: (inout EditParameters) -> Void = { _ in }
  ) async throws -> Job {
    var submission = try await submission([1, 2, 3], change)
    submission.webhook = webhook
    guard case .accepted(let job) = try await store.submit(submission) else {
      throw Unexpected("not accepted")
    }
    return job
  }

  fileprivate func ended(_ webhook: WebhookSubscription) async throws -> Job {
    let job = try await accept(webhook)
    _ = try await store.cancel(job.id)
    return job
  }

  fileprivate func events(_ id: JobID) async throws -> [WebhookEvent] {
    try await store.deliveries(of: id).map(\.event)
  }

  fileprivate func claimDelivery() async throws -> ClaimedDelivery {
    guard let claimed = try await store.claimDelivery(sender) else { throw Unexpected("none due") }
    return claimed
  }
}

@Suite struct `The outbox` {
  @Test(arguments: Keeper.allCases)
  func `has one row for every way in which a job ends`(_ keeper: Keeper) async throws {
    var settings = JobStoreSettings()
    settings.maxAttempts = 1
    try await keeper.withStore(settings: settings) { bench in
      let canceled = try await bench.ended(try hook())
      let stopped = try await bench.accept(try hook())
      let running = try await bench.claim()
      _ = try await bench.store.cancel(stopped.id)
      _ = try await bench.store.finish(running.lease, .stopped)
      let succeeded = try await bench.accept(try hook())
      let result = try await bench.result()
      _ = try await bench.store.finish(try await bench.claim().lease, .succeeded(result))
      let failed = try await bench.accept(try hook())
      let error = JobError(code: "broken", detail: "it broke")
      _ = try await bench.store.finish(
        try await bench.claim().lease, .failed(error, isTransient: false))
      let spent = try await bench.accept(try hook())
      _ = try await bench.claim(lease: .seconds(5))
      let moment = bench.clock.now() + .seconds(3)
      let expired = try await bench.accept(try hook()) { $0.deadline = moment }
      bench.clock.advance(by: .seconds(6))
      _ = try await bench.store.tidy()
      let ends: [(Job, WebhookEvent)] = [
        (canceled, .canceled), (stopped, .canceled), (succeeded, .succeeded), (failed, .failed),
        (spent, .failed), (expired, .expired),
      ]
      for (job, event) in ends { #expect(try await bench.events(job.id) == [event]) }
      #expect(try await bench.store.outboxStatistics().pending == ends.count)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `has what was asked for and nothing else`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let told = try await bench.accept(try hook([.running, .failed]))
      let lease = try await bench.claim().lease
      _ = try await bench.store.finish(lease, .handedBack)
      _ = try await bench.store.finish(try await bench.claim().lease, .stopped)
      #expect(try await bench.events(told.id) == [.running, .running])
      let silent = try await bench.ended(try hook([.expired]))
      #expect(try await bench.events(silent.id).isEmpty)
      #expect(try await bench.job(silent.id).webhook == (try hook([.expired])))
    }
  }

  @Test(arguments: Keeper.allCases)
  func `gives a delivery to one sender, and to the next when its lease is over`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.ended(try hook())
      let first = try await bench.claimDelivery()
      #expect(first.job.id == job.id && first.job.state == .canceled)
      #expect(first.delivery.attempt == 1 && first.delivery.id.hasPrefix("msg_"))
      #expect(try await bench.store.claimDelivery(sender) == nil)
      bench.clock.advance(by: .seconds(46))
      let second = try await bench.claimDelivery()
      #expect(second.delivery.id == first.delivery.id && second.delivery.attempt == 2)
      let note = DeliveryNote(status: 200)
      #expect(try await !bench.store.settle(first.lease, .delivered(note)))
      #expect(try await bench.store.settle(second.lease, .delivered(note)))
      #expect(try await !bench.store.settle(second.lease, .delivered(note)))
      bench.clock.advance(by: .seconds(90))
      #expect(try await bench.store.claimDelivery(sender) == nil)
      let row = try #require(try await bench.store.deliveries(of: job.id).first)
      #expect(row.state == .delivered && row.note == note && row.finishedAt != nil)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `keeps what failed until its pause is over`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      _ = try await bench.ended(try hook())
      let first = try await bench.claimDelivery()
      let note = DeliveryNote(status: 500, error: "why")
      #expect(try await bench.store.settle(first.lease, .retry(after: .seconds(5), note)))
      #expect(try await bench.store.claimDelivery(sender) == nil)
      bench.clock.advance(by: .seconds(5))
      let second = try await bench.claimDelivery()
      #expect(second.delivery.attempt == 2 && second.delivery.note == note)
      #expect(try await bench.store.settle(second.lease, .handedBack))
      let third = try await bench.claimDelivery()
      #expect(third.delivery.attempt == 2, "a draining sender spends no attempt")
      #expect(try await bench.store.settle(third.lease, .failed(note)))
      #expect(try await bench.store.outboxStatistics().pending == 0)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `passes over busy hosts and formats that a sender does not know`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      _ = try await bench.ended(try hook(host: "busy.example"))
      _ = try await bench.ended(try hook(format: "other"))
      let free = try await bench.ended(try hook(host: "free.example"))
      var picky = sender
      picky.busyHosts = ["busy.example"]
      #expect(try await bench.store.claimDelivery(picky)?.job.id == free.id)
      #expect(try await bench.store.claimDelivery(picky) == nil)
      picky.formats = ["other"]
      #expect(try await bench.store.claimDelivery(picky)?.delivery.format == "other")
    }
  }

  @Test(arguments: Keeper.allCases)
  func `tells a receiver nothing more of a job that it does not want`(
    _ keeper: Keeper
  ) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.accept(try hook([.running, .canceled]))
      let lease = try await bench.claim().lease
      _ = try await bench.store.cancel(job.id)
      _ = try await bench.store.finish(lease, .stopped)
      let claimed = try await bench.claimDelivery()
      let note = DeliveryNote(status: 410)
      #expect(try await bench.store.settle(claimed.lease, .unsubscribed(note)))
      #expect(try await bench.store.claimDelivery(sender) == nil)
      #expect(try await bench.store.deliveries(of: job.id).map(\.state) == [.failed, .failed])
    }
  }

  @Test(arguments: Keeper.allCases)
  func `delivers again what an operator wants delivered again`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      let job = try await bench.ended(try hook())
      #expect(try await bench.store.redeliver(job.id) == 0, "it still waits")
      let first = try await bench.claimDelivery()
      _ = try await bench.store.settle(first.lease, .delivered(DeliveryNote(status: 204)))
      bench.clock.advance(by: .seconds(3600))
      #expect(try await bench.store.redeliver(job.id) == 1)
      let again = try await bench.claimDelivery()
      #expect(again.delivery.id == first.delivery.id && again.delivery.attempt == 1)
      #expect(again.delivery.createdAt == first.delivery.createdAt)
      #expect(again.delivery.since == bench.clock.now())
    }
  }

  @Test(arguments: Keeper.allCases)
  func `goes with its job`(_ keeper: Keeper) async throws {
    var settings = JobStoreSettings()
    settings.resultRetention = .seconds(60)
    try await keeper.withStore(settings: settings) { bench in
      let job = try await bench.ended(try hook())
      bench.clock.advance(by: .seconds(61))
      #expect(try await bench.store.tidy().jobsGone == 1)
      #expect(try await bench.store.deliveries(of: job.id).isEmpty)
      #expect(try await bench.store.claimDelivery(sender) == nil)
    }
  }

  @Test(arguments: Keeper.allCases)
  func `is there after the process is not`(_ keeper: Keeper) async throws {
    let clock = ManualClock()
    try await keeper.withPlace { place in
      let settings = JobStoreSettings()
      let first = try await keeper.open(place, settings: settings, clock: clock)
      let job = try await Bench(store: first, clock: clock).ended(try hook())
      await first.close()
      let second = try await keeper.open(place, settings: settings, clock: clock)
      #expect(try await second.claimDelivery(sender)?.job.id == job.id)
      await second.close()
    }
  }

  @Test(arguments: Keeper.allCases)
  func `gives no delivery to two of many senders`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      for _ in 0..<40 { _ = try await bench.ended(try hook()) }
      let taken = try await withThrowingTaskGroup(of: [String].self) { group in
        for _ in 0..<8 {
          group.addTask {
            var ids: [String] = []
            while let claimed = try await bench.store.claimDelivery(sender) {
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

  @Test(arguments: Keeper.allCases)
  func `wakes who waits for something to deliver`(_ keeper: Keeper) async throws {
    try await keeper.withStore { bench in
      async let waiting: Void = bench.store.waitForDeliveries(sender, timeout: .seconds(600))
      let job = try await bench.ended(try hook())
      await waiting
      #expect(try await bench.store.claimDelivery(sender)?.job.id == job.id)
    }
  }

  @Test func `makes another request of one with another webhook`() throws {
    let hash = try BlobHash(of: [1])
    func fingerprint(_ webhook: WebhookSubscription?) throws -> String {
      try RequestFingerprint.of(EditParameters(), image: hash, mask: nil, webhook: webhook)
    }
    #expect(
      try fingerprint(nil) == RequestFingerprint.of(EditParameters(), image: hash, mask: nil))
    #expect(
      try Set([fingerprint(nil), fingerprint(hook()), fingerprint(hook([.failed]))]).count == 3)
  }
}
