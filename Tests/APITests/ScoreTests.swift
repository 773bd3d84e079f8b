import API
import FoundationEssentials
import HTTP
import HTTPTypes
import Jobs
import Locks
import Testing

/// Says of every picture what the test wants.
private final class FakeScoring: PictureScoring {
  let seen = Lock<[ScoreSubmission]>([])
  private let answer: @Sendable (ScoreSubmission) async throws -> ScoreAnswer

  init(_ answer: @escaping @Sendable (ScoreSubmission) async throws -> ScoreAnswer = { $0.fake }) {
    self.answer = answer
  }

  func score(_ submission: ScoreSubmission) async throws -> ScoreAnswer {
    seen.withLock { $0.append(submission) }
    return try await answer(submission)
  }
}

extension ScoreSubmission {
  fileprivate var fake: ScoreAnswer {
    ScoreAnswer(
      scores: FakeWorker.scores(of: 2), region: PictureRegion(x: 1, y: 2, width: 3, height: 4),
      mask: mask == nil ? nil : ("luma", 0.25),
      heatMap: parameters.heatMap ? .init(bytes: [1, 2, 3], width: 5, height: 6) : nil,
      warnings: [])
  }
}

@Suite(.timeLimit(.minutes(1))) struct `Scores` {
  private let judges = ["aesthetic", "coherence"]

  // MARK: Of candidates

  @Test func `candidates come best first, with scores, ranks and links to their maps`() async throws
  {
    try await TestService.run(judges: judges) { service in
      var form = try TestForm.inpaint()
      form.add("n", "4")
      form.add("select[aesthetic]", "2")
      let job = try await service.submit(form, [.prefer: "wait=10"])
      #expect(job.status == 200)
      #expect((0..<4).map { job["candidates.\($0).index"] } == [2, 1, 3, 0])
      #expect((0..<4).map { job["candidates.\($0).rank"] } == [1, 2, 3, 4])
      #expect(job["candidates.0.scores.combined"] == 0.75)
      #expect(job["candidates.0.scores.aesthetic.calibrated"] == 0.75)
      #expect(job["candidates.0.scores.alignment"] == .null)
      #expect(job["candidates.0.seed"] == 9)
      #expect(job["candidates.0.coherence_map.region.width"] == 48)
      let url = try #require(job["candidates.0.coherence_map.url"]?.text)
      #expect(url == "/v1/edits/\(job.id)/images/2/coherence")
      let map = try await service.call(.get, url)
      #expect(map.status == 200 && map.fields[.contentType] == "image/png")
      #expect(map.bytes == (try TestPicture.mask()))
      let tag = try #require(map.fields[.eTag])
      #expect(try await service.call(.get, url, [.ifNoneMatch: tag]).status == 304)
      #expect(try await service.call(.get, url, [.range: "bytes=0-3"]).bytes.count == 4)
    }
  }

  @Test func `where every judge is off scores are null and there is no map`() async throws {
    try await TestService.run { service in
      let job = try await service.submit(try .inpaint(), [.prefer: "wait=10"])
      #expect(job["candidates.0.scores"] == .null && job["candidates.0.rank"] == nil)
      #expect(job["candidates.0.coherence_map"] == nil)
      let map = try await service.call(.get, "/v1/edits/\(job.id)/images/0/coherence")
      #expect(map.status == 404 && map["detail"]?.text?.contains("judge was off") == true)
      let other = try await service.call(.get, "/v1/edits/\(job.id)/images/7/coherence")
      #expect(other.status == 404 && other["detail"]?.text?.contains("no such picture") == true)
    }
  }

  @Test func `a map of a waiting job is 409, with an unknown query 400`() async throws {
    let service = try TestService(judges: judges)
    let path = "/v1/edits/\(try await service.submit(try .inpaint()).id)/images/0/coherence"
    #expect(try await service.call(.get, path).status == 409)
    #expect(try await service.call(.get, path + "?size=3").status == 400)
  }

  @Test func `what needs a judge that is off is refused by its field`() async throws {
    func pointers(_ judges: [String], _ fields: [String: String]) async throws -> [String] {
      var form = try TestForm.inpaint()
      for (name, text) in fields { form.add(name, text) }
      return try await TestService(judges: judges).submit(form).pointers
    }
    let select = ["select": #"{"alignment": 1, "aesthetic": 1}"#]
    #expect(try await pointers(judges, select) == ["/select/alignment"])
    #expect(try await pointers([], select) == ["/select/aesthetic", "/select/alignment"])
    #expect(try await pointers([], ["min_score": "0.5"]) == ["/min_score"])
    #expect(try await pointers([], ["n": "3", "return": "2"]) == ["/return"])
    #expect(try await pointers([], ["n": "2", "return": "2"]) == [])
    #expect(try await pointers(judges, ["n": "3", "return": "2", "min_score": "0.5"]) == [])
  }

  @Test func `models list the judges`() async throws {
    let models = try await TestService(judges: judges).call(.get, "/v1/models")
    #expect(models["judges.0.judge"] == "aesthetic" && models["judges.1.judge"] == "coherence")
    #expect(models["judges.0.hash"] == "01" && models["judges.0.calibration"] == "held_out")
    #expect(try await TestService().call(.get, "/v1/models")["judges"] == .array([]))
  }

  // MARK: Of pictures that are sent

  private func form(_ fields: [String: String] = [:], mask: Bool = true) throws -> TestForm {
    var form = TestForm()
    for (name, text) in fields { form.add(name, text) }
    form.add(file: "image", try TestPicture.image())
    if mask { form.add(file: "mask", try TestPicture.mask()) }
    return form
  }

  @Test func `a form and JSON are scored alike`() async throws {
    let scoring = FakeScoring()
    let service = try TestService(judges: judges, scoring: scoring)
    let fields = [
      "prompt": "a cat", "heat_map": "true", "select[coherence]": "2", "context": "full",
    ]
    let first = try await service.submit(try form(fields), to: "/v1/scores")
    #expect(first.status == 200 && first["object"] == "score")
    #expect(first["scores.combined"] == 0.75 && first["scores.alignment"] == .null)
    #expect(first["region.height"] == 4 && first["mask.rule"] == "luma")
    #expect(first["heat_map.data"] == "AQID" && first["heat_map.media_type"] == "image/png")
    let second = try await service.submit(
      json: [
        "prompt": "a cat", "heat_map": true, "select": ["coherence": 2], "context": "full",
        "image": .string(Data(try TestPicture.image()).base64EncodedString()),
        "mask": .string(Data(try TestPicture.mask()).base64EncodedString()),
      ], to: "/v1/scores")
    #expect(second.bytes == first.bytes)
    let seen = scoring.seen.withLock { $0 }
    #expect(seen.count == 2 && seen[0].parameters == seen[1].parameters)
    #expect(seen[0].image == seen[1].image && seen[0].mask == seen[1].mask)
    #expect(
      seen[0].parameters.prompt == "a cat" && seen[0].parameters.select == .init(coherence: 2))
  }

  @Test func `mask, prompt and heat map may be left out`() async throws {
    let scoring = FakeScoring()
    let service = try TestService(judges: judges, scoring: scoring)
    let answer = try await service.submit(try form(mask: false), to: "/v1/scores")
    #expect(answer.status == 200 && answer["heat_map"] == nil && answer["mask"] == nil)
    #expect(scoring.seen.withLock { $0.first?.parameters.prompt } == .some(nil))
  }

  @Test func `mistakes are named at once, by their fields`() async throws {
    let service = try TestService(judges: judges, scoring: FakeScoring())
    var form = TestForm()
    for (name, text) in [
      ("steps", "8"), ("heat_map", "perhaps"), ("select[beauty]", "1"), ("resolution", "3"),
    ] { form.add(name, text) }
    let answer = try await service.submit(form, to: "/v1/scores")
    #expect(answer.status == 400)
    #expect(answer.pointers == ["/heat_map", "/image", "/resolution", "/select/beauty", "/steps"])
    let off = try await service.submit(
      try self.form(["select[alignment]": "1"]), to: "/v1/scores")
    #expect(off.pointers == ["/select/alignment"])
    #expect(try await service.call(.post, "/v1/scores", [:], body: [1]).status == 415)
    #expect(try await service.call(.get, "/v1/scores").status == 405)
  }

  @Test func `what the engine refuses is an answer of its kind`() async throws {
    let cases: [(ScoreFailure, Int, String?)] = [
      (.invalid(field: "mask", detail: "selects nothing"), 400, nil),
      (.full(retryAfter: 17), 503, "17"), (.draining, 503, "5"), (.failed("no luck"), 500, nil),
    ]
    for (failure, status, retry) in cases {
      let service = try TestService(judges: judges, scoring: FakeScoring { _ in throw failure })
      let answer = try await service.submit(try form(), to: "/v1/scores")
      #expect(answer.status == status && answer.fields[.retryAfter] == retry)
      if status == 400 { #expect(answer.pointers == ["/mask"]) }
    }
  }

  @Test func `without judges nothing is scored, and a draining service scores no more`()
    async throws
  {
    let off = try await TestService().submit(try form(), to: "/v1/scores")
    #expect(off.status == 404 && off["type"] == "urn:byteedit:problem:judges-off")
    let service = try TestService(judges: judges, scoring: FakeScoring())
    service.health.drain()
    #expect(try await service.submit(try form(), to: "/v1/scores").status == 503)
  }
}
