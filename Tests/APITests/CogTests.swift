import API
import FoundationEssentials
import HTTP
import HTTPTypes
import JobStoreSQLite
import Jobs
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Cog's form` {
  private let path = "/predictions"

  private func url(_ picture: [UInt8]) -> JSONValue {
    .string("data:image/png;base64," + Data(picture).base64EncodedString())
  }

  private func body(
    _ input: [String: JSONValue] = [:], _ more: [String: JSONValue] = [:]
  ) throws -> [String: JSONValue] {
    let given: [String: JSONValue] = [
      "image": url(try TestPicture.image()), "mask": url(try TestPicture.mask()),
      "prompt": "a cat",
    ]
    return ["input": .object(given.merging(input) { $1 })].merging(more) { $1 }
  }

  private func put(
    _ service: TestService, _ id: String, _ json: [String: JSONValue], _ fields: HTTPFields = [:]
  ) async throws -> Answer {
    var fields = fields
    fields[.contentType] = "application/json"
    return try await service.call(
      .put, "\(path)/\(id)", fields, body: Array(try JSONText.encode(json).utf8))
  }

  @Test func `a prediction is waited for and comes back as data URLs`() async throws {
    try await TestService.run { service in
      let answer = try await service.submit(
        json: try body(
          [
            "seed": 9, "num_outputs": 2, "num_inference_steps": 6, "guidance_scale": 3.5,
            "metadata": ["order": 17],
          ], ["version": "any", "webhook": .null]), to: path)
      #expect(answer.status == 200 && answer["status"] == "succeeded" && answer["error"] == .null)
      let picture = url(try TestPicture.image())
      #expect(answer["output"] == .array([picture, picture]))
      #expect(answer["input.steps"] == 6 && answer["input.n"] == 2 && answer["input.seed"] == 9)
      #expect(answer["byteedit.metadata.order"] == 17 && answer["id"] == answer["byteedit.id"])
      guard case .number? = answer["metrics.predict_time"] else { throw Missing() }
      let link = try #require(answer["urls.get"]?.text)
      #expect(try await service.call(.get, link)["output"] == answer["output"])
    }
  }

  private struct Missing: Error {}

  @Test func `who does not want to wait asks later`() async throws {
    let service = try TestService()
    let async: HTTPFields = [.prefer: "respond-async"]
    let answer = try await service.submit(json: try body(), async, to: path)
    #expect(answer.status == 202 && answer["status"] == "starting" && answer["output"] == .null)
    #expect(answer.fields[.preferenceApplied] == "respond-async")
    let bounded = try await service.submit(json: try body(), [.prefer: "wait=0"], to: path)
    #expect(bounded.status == 202)
    let claimed = try #require(try await service.store.claim(worker: "w", lease: .seconds(30)))
    let shown = try await service.call(.get, "\(path)/\(answer.id)")
    #expect(shown.status == 200 && shown["status"] == "processing")
    let error = JobError(code: "broken", detail: "choose another")
    _ = try await service.store.finish(claimed.lease, .failed(error, isTransient: false))
    let ended = try await service.call(.get, "\(path)/\(answer.id)")
    #expect(ended.status == 200 && ended["status"] == "failed")
    #expect(ended["error"] == "choose another")
  }

  @Test func `a prediction that fails is an answer like any other`() async throws {
    try await TestService.run { service in
      let answer = try await service.submit(json: try body(["prompt": "fail"]), to: path)
      #expect(answer.status == 200 && answer["status"] == "failed")
      #expect(answer["error"] == "choose another" && answer["output"] == .null)
    }
  }

  @Test func `a name stands for one prediction of its caller's`() async throws {
    let service = try TestService()
    let id = "wjx3whax6rf4vphkegkhcvpv6a"
    let async: HTTPFields = [.prefer: "respond-async"]
    let first = try await put(service, id, try body(), async)
    #expect(first.status == 202 && first["id"]?.text == id)
    // A retry does not wait for what is on its way, whatever it prefers.
    let retry = try await put(service, id, try body())
    #expect(retry.status == 202 && retry["byteedit.id"] == first["byteedit.id"])
    #expect(retry.fields[.idempotencyReplayed] == "true")
    let named = try await service.submit(
      json: try body([:], ["id": .string(id)]), async, to: path)
    #expect(named["byteedit.id"] == first["byteedit.id"])
    #expect(try await put(service, id, try body(["seed": 3]), async).status == 422)
    #expect(try await service.call(.get, "/v1/edits")["edits.1"] == nil)
    // Found by either name.
    let native = try #require(first["byteedit.id"]?.text)
    for name in [id, native] {
      #expect(try await service.call(.get, "\(path)/\(name)")["id"]?.text == id)
    }
  }

  @Test func `one is canceled by its name, and what has ended stays`() async throws {
    let service = try TestService()
    _ = try await put(service, "mine", try body(), [.prefer: "respond-async"])
    let answer = try await service.call(.post, "\(path)/mine/cancel")
    #expect(answer.status == 200 && answer["status"] == "canceled")
    #expect(try await service.call(.post, "\(path)/mine/cancel")["status"] == "canceled")
    for name in ["other", "edit_0123456789abcdefghjkmnpqrs", "n%20o"] {
      let unknown = try await service.call(.post, "\(path)/\(name)/cancel")
      #expect(unknown.status == 404 && unknown["detail"]?.text?.isEmpty == false, "\(name)")
      #expect(try await service.call(.get, "\(path)/\(name)").status == 404, "\(name)")
    }
  }

  @Test(arguments: [nil, "mine"])
  func `who goes away cancels the prediction, unless its name lets it come again`(
    name: String?
  ) async throws {
    let service = try TestService()
    let body = try body([:], name.map { ["id": .string($0)] } ?? [:])
    let waiting = Task { try await service.submit(json: body, to: path).status }
    while try await service.call(.get, "/v1/edits")["edits.0.id"] == nil {
      try await Task.sleep(for: .milliseconds(5))
    }
    waiting.cancel()
    _ = try await waiting.value
    let state = try await service.call(.get, "/v1/edits")["edits.0.state"]
    #expect(state == (name == nil ? "canceled" : "queued"))
  }

  @Test(
    arguments: [
      (["steps": 0], ["input", "steps"]), (["prompt": 3], ["input", "prompt"]),
      (["image": "https://example.com/a.png"], ["input", "image"]),
      (["mask": "HTTP://example.com/a.png"], ["input", "mask"]),
      (["image": "no picture!"], ["input", "image"]), (["mask": .null], ["input", "mask"]),
      (["n": 1, "num_outputs": 2], ["input", "num_outputs"]),
      (["expand": ["left": -1], "task": "outpaint"], ["input", "expand", "left"]),
      (["metadata": 3], ["input", "metadata"]), (["scheduler": "K_EULER"], ["input", "scheduler"]),
      (["metadata": ["cog": 1]], ["input", "metadata", "cog"]),
    ] as [([String: JSONValue], [String])])
  func `what is wrong with the input is named`(
    input: [String: JSONValue], location: [String]
  ) async throws {
    try await expectRefusal(of: try body(input), at: location)
  }

  @Test(
    arguments: [
      (["input": 3], ["input"]), (["id": "a/b"], ["id"]), (["id": ""], ["id"]),
      (["id": "edit_0123456789abcdefghjkmnpqrs"], ["id"]), (["id": 3], ["id"]),
      (["version": 3], ["version"]), (["output_file_prefix": "https://x"], ["output_file_prefix"]),
      (["webhook": "https://example.com"], ["webhook"]), (["context": [:]], ["context"]),
      (["webhook": "example.com"], ["webhook"]), (["webhook": 3], ["webhook"]),
      (["input": ["webhook": "https://example.com"]], ["input", "webhook"]),
      (["webhook_events_filter": ["done"]], ["webhook_events_filter"]),
      (["webhook_events_filter": "start"], ["webhook_events_filter"]),
    ] as [([String: JSONValue], [String])])
  func `what is wrong with the body is named`(
    more: [String: JSONValue], location: [String]
  ) async throws {
    try await expectRefusal(of: try body([:], more), at: location)
  }

  private func expectRefusal(
    of body: [String: JSONValue], at location: [String]
  ) async throws {
    let service = try TestService()
    let answer = try await service.submit(json: body, to: path)
    #expect(answer.status == 422)
    #expect(answer["detail.0.loc"] == .array((["body"] + location).map(JSONValue.string)))
    #expect(answer["detail.0.msg"]?.text?.isEmpty == false && answer["detail.0.type"] != nil)
    #expect(try await service.call(.get, "/v1/edits")["edits"] == [])
  }

  @Test func `what is no request of this form is told apart`() async throws {
    let service = try TestService { $0.takesAnyModel = false }
    let json: HTTPFields = [.contentType: "application/json"]
    let broken = try await service.call(.post, path, json, body: Array("{".utf8))
    #expect(broken.status == 422 && broken["detail.0.type"] == "json_invalid")
    #expect(try await service.submit(try .inpaint(), to: path).status == 415)
    let events = try await service.submit(
      json: try body(), [.accept: "text/event-stream"], to: path)
    #expect(events.status == 406 && events["error"] == events["detail"])
    let other = try await service.submit(json: try body([:], ["version": "x"]), to: path)
    #expect(other["detail.0.loc.1"] == "version")
    #expect(try await put(service, "a%2Fb", try body())["detail.0.loc.0"] == "path")
    #expect(try await put(service, "a", try body([:], ["id": "b"]))["detail.0.loc.1"] == "id")
    let twice = try await put(service, "a", try body(), [.idempotencyKey: "k"])
    #expect(twice["detail.0.loc.0"] == "header")
    #expect(try await service.call(.get, "/v1/edits")["edits"] == [])
  }

  @Test func `a service that is full says when to come again`() async throws {
    var settings = JobStoreSettings()
    settings.queueLimit = 0
    let service = try TestService(settings: settings)
    let answer = try await service.submit(json: try body(), to: path)
    #expect(answer.status == 503 && answer.fields[.retryAfter] != nil)
    #expect(answer["detail"] == answer["error"])
  }

  @Test func `health is told in Cog's words`() async throws {
    let service = try TestService { $0.version = "1.2.3" }
    func status() async throws -> JSONValue? {
      let answer = try await service.call(.get, "/health-check")
      #expect(answer.status == 200 && answer["version.byteedit"] == "1.2.3")
      return answer["status"]
    }
    #expect(try await status() == "STARTING")
    service.health.started()
    #expect(try await status() == "UNHEALTHY")
    try await service.store.register("w", description: .object([:]))
    #expect(try await status() == "READY")
    _ = try await service.submit(json: try body(), [.prefer: "respond-async"], to: path)
    _ = try await service.store.claim(worker: "w", lease: .seconds(30))
    #expect(try await status() == "BUSY")
    service.health.drain()
    #expect(try await status() == "UNHEALTHY")
  }

  // MARK: Webhooks

  private func webhooked(_ filter: JSONValue) async throws -> (TestService, Job) {
    let service = try TestService {
      $0.webhookRefusal = { _ in nil }
      $0.publicURL = "https://edit.example"
    }
    let answer = try await service.submit(
      json: try body(
        [:], ["id": "mine", "webhook": "https://example.org/", "webhook_events_filter": filter]),
      [.prefer: "respond-async"], to: path)
    let id = try #require(answer["byteedit.id"]?.text.flatMap { JobID($0) })
    guard case .found(let job) = try await service.store.job(id) else { throw Missing() }
    return (service, job)
  }

  @Test(
    arguments: [
      (nil, Set(WebhookEvent.allCases)), (["start"], [.running]), (["output"], [.succeeded]),
      (["completed"], WebhookEvent.ends), (["start", "logs"], [.running]), (["logs"], []),
    ] as [([String]?, Set<WebhookEvent>)])
  func `a webhook's filter names the events of the outbox`(
    filter: [String]?, events: Set<WebhookEvent>
  ) async throws {
    let (_, job) = try await webhooked(filter.map { .array($0.map { .string($0) }) } ?? .null)
    #expect(job.webhook?.events ?? [] == events)
    #expect(job.webhook == nil || job.webhook?.format == "cog")
  }

  @Test func `a webhook carries the prediction, with links in the place of pictures`()
    async throws
  {
    let (service, job) = try await webhooked(.null)
    let claimed = try #require(try await service.store.claim(worker: "w", lease: .seconds(30)))
    func payload() async throws -> [JSONValue] {
      guard case .found(let job) = try await service.store.job(job.id) else { throw Missing() }
      return try await service.store.deliveries(of: job.id).map { delivery in
        let bytes = try service.api.webhookPayload(delivery, of: job)
        return try JSONText.decode(JSONValue.self, from: String(decoding: bytes, as: UTF8.self))
      }
    }
    let start = try #require(try await payload().first)
    #expect(start["id"] == "mine" && start["status"] == "starting" && start["output"] == .null)
    let picture = CandidateRecord(
      index: 0, seed: 7, image: job.image, width: 24, height: 16,
      preserved: PreservedPixels(maxAbsDiff: 0, changedPixels: 0, comparedPixels: 1), receipt: [:])
    _ = try await service.store.finish(
      claimed.lease,
      .succeeded(
        JobResult(
          candidates: [picture], maskRule: "luma", maskShare: 0.25, promptTruncated: false,
          timings: [:])))
    let all = try await payload()
    #expect(all.count == 2 && all[0] == start, "the same, whatever came of it")
    #expect(all[1]["id"] == "mine" && all[1]["status"] == "succeeded")
    let link = "https://edit.example/v1/edits/\(job.id)/images/0"
    #expect(all[1]["output"] == [.string(link)] && all[1]["byteedit.webhook"] == nil)
  }
}
