import API
import FoundationEssentials
import HTTP
import HTTPTypes
import Jobs
import Testing

@Suite(.timeLimit(.minutes(1))) struct `OpenAI's form` {
  private let path = "/v1/images/edits"

  private func form(_ fields: [String: String] = [:]) throws -> TestForm {
    var form = TestForm()
    form.add(file: "image[]", try TestPicture.image())
    form.add(file: "mask", try TestPicture.mask())
    for (name, text) in ["prompt": "a cat"].merging(fields, uniquingKeysWith: { $1 }) {
      form.add(name, text)
    }
    return form
  }

  private func bytes(_ value: JSONValue?) -> [UInt8]? {
    value?.text.flatMap { Data(base64Encoded: $0) }.map { Array($0) }
  }

  @Test func `an edit is waited for and comes back with its scores`() async throws {
    try await TestService.run(judges: ["aesthetic"]) { service in
      let answer = try await service.submit(
        try form([
          "model": "gpt-image-1", "n": "2", "size": "1024x1024", "quality": "low",
          "user": "u-1", "byteedit[seed]": "9", "input_fidelity": "high",
        ]), to: path)
      #expect(answer.status == 200)
      #expect(bytes(answer["data.0.b64_json"]) == (try TestPicture.image()))
      #expect(answer["data.0.byteedit.scores.aesthetic.calibrated"] == 0.5)
      #expect(answer["data.1.byteedit.seed"] == 9 && answer["size"] == "24x16")
      #expect(answer["byteedit.parameters.steps"] == 4)
      #expect(answer["byteedit.metadata.user"] == "u-1")
      #expect(answer["byteedit.warnings.0"]?.text?.contains("24x16") == true)
      let job = try await service.call(.get, try #require(answer.fields[.contentLocation]))
      #expect(job["state"] == "succeeded" && job["id"] == answer["byteedit.id"])
    }
  }

  @Test func `a link is given instead of bytes where that is wanted`() async throws {
    try await TestService.run { service in
      let answer = try await service.submit(try form(["response_format": "url"]), to: path)
      let url = try #require(answer["data.0.url"]?.text)
      #expect(answer["data.0.b64_json"] == nil)
      #expect(try await service.call(.get, url).bytes == (try TestPicture.image()))
    }
  }

  @Test func `a stream shows the picture on its way and then the finished one`() async throws {
    try await TestService.run { service in
      let answer = try await service.submit(
        try form(["stream": "true", "partial_images": "2"]), to: path)
      #expect(answer.status == 200 && answer.fields[.contentType] == "text/event-stream")
      let events = String(decoding: answer.bytes, as: UTF8.self).split(separator: "\n\n")
      let names = events.map { $0.split(separator: "\n")[0] }
      #expect(
        names == [
          "event: image_edit.partial_image", "event: image_edit.partial_image",
          "event: image_edit.completed",
        ])
      for (index, event) in events.enumerated() {
        let data = try #require(event.split(separator: "\n").last?.dropFirst(6))
        let json = try JSONText.decode(JSONValue.self, from: String(data))
        #expect(bytes(json["b64_json"]) == (try TestPicture.image()))
        #expect(json["partial_image_index"] == (index < 2 ? .integer(Int64(index)) : nil))
      }
    }
  }

  @Test func `an edit that fails says so in OpenAI's form, streamed or not`() async throws {
    try await TestService.run { service in
      let failed = try await service.submit(try form(["prompt": "fail"]), to: path)
      #expect(failed.status == 500 && failed.fields[.shouldRetry] == "false")
      #expect(
        failed["error.code"] == "broken_prompt" && failed["error.message"] == "choose another")
      let streamed = try await service.submit(
        try form(["prompt": "fail", "stream": "1"]), to: path)
      let text = String(decoding: streamed.bytes, as: UTF8.self)
      #expect(text.hasPrefix("event: error\ndata: {\"error\":{\"code\":\"broken_prompt\""))
    }
  }

  @Test(
    arguments: [
      (["size": "big"], "size"), (["quality": "best"], "quality"), (["n": "11"], "n"),
      (["response_format": "png"], "response_format"), (["output_format": "webp"], "output_format"),
      (["output_compression": "101"], "output_compression"),
      (["background": "transparent"], "background"), (["stream": "yes"], "stream"),
      (["partial_images": "1"], "partial_images"), (["style": "vivid"], "style"),
      (["byteedit[steps]": "0"], "byteedit[steps]"), (["byteedit[prompt]": "x"], nil),
      (["byteedit[expand][left]": "x"], "byteedit[expand][left]"), (["prompt": ""], "prompt"),
    ] as [([String: String], String?)])
  func `what is wrong is named as it was sent`(
    fields: [String: String], parameter: String?
  ) async throws {
    let service = try TestService()
    let answer = try await service.submit(try form(fields), to: path)
    #expect(answer.status == 400 && answer["error.type"] == "invalid_request_error")
    if let parameter { #expect(answer["error.param"]?.text == parameter) }
    #expect(answer["error.message"]?.text?.isEmpty == false)
    #expect(try await service.call(.get, "/v1/edits")["edits"] == [])
  }

  @Test func `an opaque picture without a mask, and two pictures, are refused`() async throws {
    let service = try TestService()
    var bare = try form()
    bare.remove("mask")
    let answer = try await service.submit(bare, to: path)
    #expect(answer.status == 400 && answer["error.param"] == "mask")
    var two = try form()
    two.add(file: "image[]", try TestPicture.image())
    #expect(try await service.submit(two, to: path)["error.param"] == "image")
  }

  @Test func `a model that is not served is refused only where that was said`() async throws {
    let service = try TestService { $0.takesAnyModel = false }
    let answer = try await service.submit(try form(["model": "dall-e-2"]), to: path)
    #expect(answer.status == 404 && answer["error.code"] == "model_not_found")
    #expect(try await service.call(.get, "/v1/models/fake")["id"] == "fake")
    let unknown = try await service.call(.get, "/v1/models/dall-e-2")
    #expect(unknown.status == 404 && unknown["error.param"] == "model")
  }

  @Test(arguments: [false, true])
  func `who goes away cancels the edit, unless a key lets it come again`(
    hasKey: Bool
  ) async throws {
    let service = try TestService()
    let fields: HTTPFields = hasKey ? [.idempotencyKey: "k"] : [:]
    let form = try form()
    let waiting = Task { try await service.submit(form, fields, to: path).status }
    while try await service.call(.get, "/v1/edits")["edits.0.id"] == nil {
      try await Task.sleep(for: .milliseconds(5))
    }
    waiting.cancel()
    _ = try await waiting.value
    let state = try await service.call(.get, "/v1/edits")["edits.0.state"]
    #expect(state == (hasKey ? "queued" : "canceled"))
  }
}

@Suite struct `Open Inference Protocol` {
  @Test func `health and metadata are those of the service`() async throws {
    let service = try TestService { $0.version = "1.2.3" }
    #expect(try await service.call(.get, "/v2")["version"] == "1.2.3")
    #expect(try await service.call(.get, "/v2/health/live")["live"] == true)
    // Nobody is there to carry out jobs.
    for path in ["/v2/health/ready", "/v2/models/fake/ready"] {
      let answer = try await service.call(.get, path)
      #expect(answer.status == 503 && answer["ready"] == false)
    }
    try await service.store.register("w", description: .object([:]))
    for path in ["/v2/health/ready", "/v2/models/fake/ready"] {
      let answer = try await service.call(.get, path)
      #expect(answer.status == 200 && answer["ready"] == true)
    }
    let model = try await service.call(.get, "/v2/models/fake")
    #expect(model["name"] == "fake" && model["versions"] == ["00"])
    for path in ["/v2/models/other", "/v2/models/other/ready"] {
      let answer = try await service.call(.get, path)
      #expect(answer.status == 404 && answer["error"]?.text?.contains("fake") == true)
    }
  }
}
