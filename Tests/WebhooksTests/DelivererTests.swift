import JobStoreBench
import Jobs
import Locks
import Logging
import MetricsTestKit
import Observability
import Outbound
import Testing

@testable import Webhooks

/// A receiver that gives its answers in turn, the last one for ever, and keeps what it got.
private final class Receiver: Sendable {
  private let answers: Lock<[String]>
  let requests = Lock<[OutboundRequest]>([])
  let underWay = Lock<(now: Int, most: Int)>((0, 0))
  private let gate: AsyncStream<Void>?

  init(_ answers: [String], gate: AsyncStream<Void>? = nil) {
    self.answers = Lock(answers)
    self.gate = gate
  }

  func send(_ request: OutboundRequest) async throws(OutboundError) -> ResponseHead {
    underWay.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
    defer { underWay.withLock { $0.now -= 1 } }
    requests.withLock { $0.append(request) }
    if let gate { for await _ in gate { break } }
    let answer = answers.withLock { $0.count > 1 ? $0.removeFirst() : $0.first ?? "" }
    return try ResponseHead(Array("HTTP/1.1 \(answer)".utf8))
  }
}

private struct Stage {
  let bench: Bench
  let metrics = TestMetrics()

  func deliverer(
    to receiver: Receiver, _ change: (inout WebhookDeliverer.Settings) -> Void = { _ in }
  ) throws -> WebhookDeliverer {
    var settings = WebhookDeliverer.Settings()
    settings.pollInterval = .milliseconds(5)
    change(&settings)
    let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    let sender = WebhookSender(
      secrets: WebhookSecrets([secret]), userAgent: "byteedit/test",
      payload: { delivery, job in Array("\(delivery.event.rawValue) \(job.id)".utf8) },
      send: { request throws(OutboundError) in try await receiver.send(request) })
    return WebhookDeliverer(
      store: bench.store, sender: sender,
      report: WebhookReport(logger: Logger(label: "test"), factory: metrics), settings: settings,
      clock: bench.clock)
  }

  func ended(host: String = "example.org", traceparent: String? = nil) async throws -> Job {
    var submission = try await bench.submission()
    submission.webhook = WebhookSubscription(url: try WebhookURL("https://\(host)/hook?key=1"))
    submission.traceparent = traceparent
    guard case .accepted(let job) = try await bench.store.submit(submission) else {
      throw Unexpected("not accepted")
    }
    _ = try await bench.store.cancel(job.id)
    return job
  }

  /// Waits until a request is under way: what is only claimed by then is handed back by a stop.
  func wait(for receiver: Receiver) async throws {
    while receiver.underWay.withLock({ $0.now == 0 }) {
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  /// Waits until the job's only delivery is as it should be.
  func wait(
    for job: Job, until isDone: (WebhookDelivery) -> Bool
  ) async throws -> WebhookDelivery {
    while true {
      let rows = try await bench.store.deliveries(of: job.id)
      if let row = rows.first, isDone(row) { return row }
      try await Task.sleep(for: .milliseconds(2))
    }
  }

  func count(_ outcome: String) throws -> Int64 {
    try metrics.expectCounter(
      "byteedit_webhook_deliveries_total", [("outcome", outcome)]
    ).totalValue
  }

  static func run(_ body: (Stage) async throws -> Void) async throws {
    try await Keeper.sqlite.withStore { try await body(Stage(bench: $0)) }
  }
}

@Suite(.timeLimit(.minutes(2))) struct `Delivering` {
  @Test func `is signed, traced and tried again under the same id`() async throws {
    try await Stage.run { stage in
      let receiver = Receiver(["500 No", "204 Yes"])
      let deliverer = try stage.deliverer(to: receiver)
      let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
      let job = try await stage.ended(traceparent: trace)
      deliverer.start()
      let failed = try await stage.wait(for: job) { $0.note.status == 500 }
      #expect(failed.state == .pending)
      stage.bench.clock.advance(by: .seconds(7))
      let row = try await stage.wait(for: job) { $0.state == .delivered }
      #expect(row.attempt == 2 && row.note == DeliveryNote(status: 204))
      await deliverer.shutDown(grace: .seconds(30))
      let requests = receiver.requests.withLock { $0 }
      #expect(requests.count == 2)
      var spans: Set<String> = []
      for request in requests {
        let fields = Dictionary(uniqueKeysWithValues: request.fields.map { ($0.name, $0.value) })
        #expect(
          request.isSecure && request.host == "example.org" && request.target == "/hook?key=1")
        #expect(fields["webhook-id"] == row.id && fields["User-Agent"] == "byteedit/test")
        let seconds = try #require(fields["webhook-timestamp"].flatMap { Int64($0) })
        let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
        #expect(
          fields["webhook-signature"]
            == WebhookSignature.header(
              id: row.id, timestamp: seconds, body: request.body, secrets: [secret]))
        let context = try #require(fields["traceparent"].flatMap { TraceContext(traceparent: $0) })
        #expect(context.traceID == "0af7651916cd43dd8448eb211c80319c")
        spans.insert(context.spanID)
      }
      #expect(spans.count == 2 && !spans.contains("b7ad6b7169203331"), "each attempt is a span")
      #expect(requests[0].body == requests[1].body)
      #expect(try stage.count("delivered") == 1 && stage.count("retried") == 1)
    }
  }

  @Test func `gives a receiver up that says so`() async throws {
    try await Stage.run { stage in
      let deliverer = try stage.deliverer(to: Receiver(["410 Gone"]))
      deliverer.start()
      let job = try await stage.ended()
      let row = try await stage.wait(for: job) { $0.state == .failed }
      #expect(row.attempt == 1 && row.note.status == 410)
      await deliverer.shutDown(grace: .seconds(30))
      #expect(try stage.count("unsubscribed") == 1)
    }
  }

  @Test func `lets a slow receiver hold up nobody else`() async throws {
    try await Stage.run { stage in
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      let slow = Receiver(["200 OK"], gate: gate)
      let fast = Receiver(["200 OK"])
      var jobs: [Job] = []
      for _ in 0..<6 { jobs.append(try await stage.ended(host: "slow.example")) }
      let quick = try await stage.ended(host: "fast.example")
      let secret = try WebhookSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
      let sender = WebhookSender(
        secrets: WebhookSecrets([secret]), userAgent: "t", payload: { _, _ in [] },
        send: { request throws(OutboundError) in
          try await (request.host == "slow.example" ? slow : fast).send(request)
        })
      var settings = WebhookDeliverer.Settings()
      (settings.concurrency, settings.perHost) = (3, 2)
      settings.pollInterval = .milliseconds(5)
      let deliverer = WebhookDeliverer(
        store: stage.bench.store, sender: sender,
        report: WebhookReport(logger: Logger(label: "test"), factory: stage.metrics),
        settings: settings, clock: stage.bench.clock)
      deliverer.start()
      _ = try await stage.wait(for: quick) { $0.state == .delivered }
      while slow.underWay.withLock({ $0.now < 2 }) {
        try await Task.sleep(for: .milliseconds(2))
      }
      #expect(slow.underWay.withLock { $0.most } == 2)
      open.finish()
      for job in jobs { _ = try await stage.wait(for: job) { $0.state == .delivered } }
      #expect(slow.underWay.withLock { $0.most } == 2)
      await deliverer.shutDown(grace: .seconds(30))
    }
  }

  @Test func `hands back at its end what is still under way`() async throws {
    try await Stage.run { stage in
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      let receiver = Receiver(["200 OK"], gate: gate)
      let deliverer = try stage.deliverer(to: receiver)
      deliverer.start()
      let job = try await stage.ended()
      try await stage.wait(for: receiver)
      await deliverer.shutDown(grace: .zero)
      let row = try #require(try await stage.bench.store.deliveries(of: job.id).first)
      #expect(row.state == .pending && row.attempt == 0 && row.runAt == stage.bench.clock.now())
      let claim = DeliveryClaim(lease: .seconds(30))
      #expect(try await stage.bench.store.claimDelivery(claim)?.delivery.id == row.id)
      open.finish()
    }
  }

  @Test func `waits at its end for what will end soon`() async throws {
    try await Stage.run { stage in
      let (gate, open) = AsyncStream.makeStream(of: Void.self)
      let receiver = Receiver(["200 OK"], gate: gate)
      let deliverer = try stage.deliverer(to: receiver)
      deliverer.start()
      let job = try await stage.ended()
      try await stage.wait(for: receiver)
      async let ending: Void = deliverer.shutDown(grace: .seconds(60))
      open.finish()
      await ending
      let row = try #require(try await stage.bench.store.deliveries(of: job.id).first)
      #expect(row.state == .delivered)
    }
  }
}
