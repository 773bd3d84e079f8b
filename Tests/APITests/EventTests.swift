import API
import HTTP
import HTTPTypes
import Jobs
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Following events` {
  /// The events of a stream that has ended.
  private struct Event: Equatable {
    var id: Int
    var name: String
    var data: JSONValue
  }

  private func events(_ answer: Answer) throws -> [Event] {
    try String(decoding: answer.bytes, as: UTF8.self).split(separator: "\n\n").compactMap { text in
      var fields: [String: String] = [:]
      for line in text.split(separator: "\n") {
        let parts = line.split(separator: ": ", maxSplits: 1).map(String.init)
        if parts.count == 2 { fields[parts[0]] = parts[1] }
      }
      guard let name = fields["event"] else { return nil }
      return Event(
        id: try #require(fields["id"].flatMap { Int($0) }), name: name,
        data: try JSONText.decode(JSONValue.self, from: try #require(fields["data"])))
    }
  }

  private let lastEventID = HTTPField.Name.lastEventID

  @Test func `a stream tells of every step and ends with the job`() async throws {
    try await TestService.run { service in
      let path = "/v1/edits/\(try await service.submit(try .inpaint()).id)"
      let answer = try await service.call(.get, path + "/events")
      #expect(answer.status == 200 && answer.fields[.contentType] == "text/event-stream")
      #expect(answer.fields[.cacheControl] == "no-store")
      let events = try events(answer)
      #expect(events.map(\.id) == Array(1...events.count))
      #expect(events.map(\.name).prefix(2) == ["queued", "running"])
      let steps = events.filter { $0.name == "progress" }.compactMap { $0.data["progress.step"] }
      #expect(steps == (1...8).map { JSONValue.integer($0) })
      let last = try #require(events.last)
      #expect(last.name == "succeeded" && last.data["job.state"] == "succeeded")
      #expect(last.data["job.candidates.0.url"]?.text == path + "/images/0")
    }
  }

  @Test func `who comes again goes on after the last event`() async throws {
    try await TestService.run { service in
      let path = "/v1/edits/\(try await service.submit(try .inpaint()).id)/events"
      let all = try events(try await service.call(.get, path))
      let rest = try events(try await service.call(.get, path, [lastEventID: "4"]))
      #expect(rest == Array(all.dropFirst(4)))
      // A browser stops at 204.
      let seen = try await service.call(.get, path, [lastEventID: "\(all.count)"])
      #expect(seen.status == 204 && seen.bytes.isEmpty)
      for wrong in ["-1", "x", "99999999999999999999"] {
        #expect(try await service.call(.get, path, [lastEventID: wrong]).status == 400)
      }
    }
  }

  @Test func `a silent stream shows that it lives, and ends when the service stops`() async throws {
    let service = try TestService { $0.eventHeartbeat = .zero }
    let path = "/v1/edits/\(try await service.submit(try .inpaint()).id)/events"
    async let answer = service.call(.get, path)
    try await Task.sleep(for: .milliseconds(1500))
    service.health.drain()
    let text = String(decoding: try await answer.bytes, as: UTF8.self)
    #expect(text.contains("event: queued") && text.contains("\n: \n\n"))
    #expect(!text.contains("running"))
  }

  @Test func `a job that nobody knows has no events`() async throws {
    let service = try TestService()
    let id = "edit_0123456789abcdefghjkmnpqrs"
    #expect(try await service.call(.get, "/v1/edits/\(id)/events").status == 404)
    #expect(try await service.call(.get, "/v1/edits/\(id)/previews/0").status == 404)
  }

  @Test func `previews are listed and can be had`() async throws {
    try await TestService.run { service in
      var form = try TestForm.inpaint()
      form.add("previews", "2")
      let path = "/v1/edits/\(try await service.submit(form).id)"
      let events = try events(try await service.call(.get, path + "/events"))
      let shown = try #require(events.last { $0.name == "progress" }?.data["progress.previews"])
      guard case .array(let previews) = shown else { throw Mismatch() }
      #expect(previews.map { $0["step"] } == [3, 6].map { JSONValue.integer($0) })
      #expect(previews.map { $0["url"]?.text } == (0...1).map { "\(path)/previews/\($0)" })
      let picture = try await service.call(.get, path + "/previews/1")
      #expect(picture.status == 200 && picture.fields[.contentType] == "image/png")
      #expect(picture.bytes == (try TestPicture.image()))
      for missing in ["2", "-1", "x"] {
        #expect(try await service.call(.get, path + "/previews/\(missing)").status == 404)
      }
    }
  }

  private struct Mismatch: Error {}
}
