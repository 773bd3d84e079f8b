import API
import HTTP
import HTTPTypes
import Jobs
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Following jobs` {
  private let unknown = "edit_0123456789abcdefghjkmnpqrs"

  @Test(arguments: ["edit_0123456789abcdefghjkmnpqrs", "x", "edit_", "%00"])
  func `an unknown job is 404`(id: String) async throws {
    let service = try TestService()
    for path in ["/v1/edits/\(id)", "/v1/edits/\(id)/images/0"] {
      let status = try await service.call(.get, path).status
      #expect(status == (id == "%00" ? 400 : 404))
    }
  }

  @Test func `a known version is 304, a changed one is sent`() async throws {
    let service = try TestService()
    let path = "/v1/edits/\(try await service.submit(try .inpaint()).id)"
    let tag = try #require(try await service.call(.get, path).fields[.eTag])
    let same = try await service.call(.get, path, [.ifNoneMatch: tag])
    #expect(same.status == 304 && same.bytes.isEmpty && same.fields[.eTag] == tag)
    _ = try await service.call(.delete, path)
    let changed = try await service.call(.get, path, [.ifNoneMatch: tag])
    #expect(changed.status == 200 && changed["state"] == "canceled")
  }

  @Test func `a long poll with a known version returns at the next change`() async throws {
    let service = try TestService()
    let path = "/v1/edits/\(try await service.submit(try .inpaint()).id)"
    let tag = try #require(try await service.call(.get, path).fields[.eTag])
    let start = ContinuousClock.now
    async let polled = service.call(.get, path + "?wait=20", [.ifNoneMatch: tag])
    try await Task.sleep(for: .milliseconds(100))
    _ = try await service.call(.delete, path)
    #expect(try await polled["state"] == "canceled")
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func `a waiting request ends when its client is gone`() async throws {
    let service = try TestService()
    let path = "/v1/edits/\(try await service.submit(try .inpaint()).id)"
    let start = ContinuousClock.now
    let waiting = Task { try await service.call(.get, path + "?wait=30").status }
    try await Task.sleep(for: .milliseconds(50))
    waiting.cancel()
    #expect(try await waiting.value == 200)
    #expect(ContinuousClock.now - start < .seconds(10))
  }

  @Test func `a running job is cancelled at its next step`() async throws {
    try await TestService.run(stepTime: .milliseconds(500)) { service in
      let path = "/v1/edits/\(try await service.submit(try .inpaint()).id)"
      while try await service.call(.get, path)["state"] != "running" {
        try await Task.sleep(for: .milliseconds(5))
      }
      let asked = try await service.call(.delete, path)
      #expect(asked.status == 202 && asked["cancel_requested"] == true)
      let ended = try await service.call(.get, path + "?wait=10")
      #expect(ended["state"] == "canceled")
      #expect(try await service.call(.get, path + "/images/0").status == 404)
      #expect(try await service.call(.delete, path).status == 200)
    }
  }

  @Test func `a failed job says why`() async throws {
    try await TestService.run { service in
      var form = try TestForm.inpaint()
      form.remove("prompt")
      form.add("prompt", "fail")
      let answer = try await service.submit(form, [.prefer: "wait=10"])
      #expect(answer.status == 200 && answer["state"] == "failed")
      #expect(answer["error.code"] == "broken_prompt")
      #expect(answer["error.type"] == "urn:byteedit:problem:broken-prompt")
    }
  }

  @Test func `a truncated prompt is warned of`() async throws {
    try await TestService.run { service in
      var form = try TestForm.inpaint()
      form.remove("prompt")
      form.add("prompt", "long")
      let answer = try await service.submit(form, [.prefer: "wait=10"])
      #expect(answer["prompt.truncated"] == true && answer["warnings.0"] != nil)
    }
  }

  @Test func `a picture comes in parts, and only if it is not known`() async throws {
    try await TestService.run { service in
      let done = try await service.submit(try .inpaint(), [.prefer: "wait=10"])
      guard case .integer(let sequence)? = done["sequence"] else { return }
      let job = try await service.call(.get, "/v1/edits/\(done.id)")
      #expect(job.fields[.eTag] == "W/\"\(sequence)\"" && sequence > 2)
      let path = "/v1/edits/\(done.id)/images/0"
      let whole = try await service.call(.get, path)
      let tag = try #require(whole.fields[.eTag])
      let part = try await service.call(.get, path, [.range: "bytes=2-5"])
      #expect(part.status == 206 && part.bytes == Array(whole.bytes[2...5]))
      let beyond = try await service.call(.get, path, [.range: "bytes=999999-"])
      #expect(beyond.status == 416)
      #expect(try await service.call(.get, path, [.ifNoneMatch: tag]).status == 304)
      for k in ["1", "-1", "x", "99999999999999999999"] {
        #expect(try await service.call(.get, "/v1/edits/\(done.id)/images/\(k)").status == 404)
      }
    }
  }

  @Test func `a picture of a waiting job is 409`() async throws {
    let service = try TestService()
    let id = try await service.submit(try .inpaint()).id
    #expect(try await service.call(.get, "/v1/edits/\(id)/images/0").status == 409)
  }

  @Test func `the list is paged, newest first, and filtered`() async throws {
    let service = try TestService()
    var ids: [String] = []
    for _ in 0..<5 { ids.insert(try await service.submit(try .inpaint()).id, at: 0) }
    _ = try await service.call(.delete, "/v1/edits/\(ids[0])")
    var seen: [String] = []
    var next: String? = "/v1/edits?limit=2&state=queued,running"
    while let path = next {
      let page = try await service.call(.get, path)
      guard case .array(let edits)? = page["edits"] else { break }
      seen += edits.compactMap { $0["id"]?.text }
      next = page["links.next"]?.text
    }
    #expect(Set(seen) == Set(ids.dropFirst()) && seen.count == 4)
    let canceled = try await service.call(.get, "/v1/edits?state=canceled")
    #expect(canceled["edits.0.id"]?.text == ids[0])
  }

  @Test(arguments: [
    "limit=0", "limit=101", "limit=x", "state=done", "state=", "cursor=x", "page=2",
    "limit=1&limit=2", "wait=1",
  ])
  func `a parameter that means nothing is 400 by name`(query: String) async throws {
    let service = try TestService()
    let answer = try await service.call(.get, "/v1/edits?\(query)")
    #expect(answer.status == 400)
    #expect(answer.pointers == ["?\(query.prefix { $0 != "=" })"])
  }
}
