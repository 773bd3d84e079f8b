import API
import FoundationEssentials
import HTTP
import HTTPTypes
import Jobs
import Sockets
import Testing

@Suite(.timeLimit(.minutes(1))) struct `Submitting` {
  private func base64(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  @Test func `a form is accepted and can be followed to its pictures`() async throws {
    try await TestService.run { service in
      var form = try TestForm.inpaint()
      form.add("n", "2")
      form.add("metadata", #"{"order": 17}"#)
      let accepted = try await service.submit(form)
      #expect(accepted.status == 202)
      let path = "/v1/edits/\(accepted.id)"
      #expect(accepted.fields[.location] == path)
      #expect(accepted["seed"] == 7 && accepted["metadata.order"] == 17)
      let done = try await service.call(.get, path + "?wait=10")
      #expect(done["state"] == "succeeded")
      #expect(done["candidates.1.seed"] == 8)
      #expect(done["mask.rule"] == "luma" && done["candidates.0.preserved.max_abs_diff"] == 0)
      let url = try #require(done["candidates.1.url"]?.text)
      let picture = try await service.call(.get, url)
      #expect(picture.status == 200 && picture.fields[.contentType] == "image/png")
      #expect(try picture.bytes == TestPicture.image())
    }
  }

  @Test func `Prefer wait gives the ended job`() async throws {
    try await TestService.run { service in
      let done = try await service.submit(try .inpaint(), [.prefer: "wait=10"])
      #expect(done.status == 200 && done["state"] == "succeeded")
      #expect(done.fields[.preferenceApplied] == "wait=10")
      #expect(done.fields[.contentLocation] == "/v1/edits/\(done.id)")
    }
  }

  @Test func `Prefer wait gives 202 when the time is over`() async throws {
    let service = try TestService()
    let start = ContinuousClock.now
    let answer = try await service.submit(try .inpaint(), [.prefer: "wait=1"])
    #expect(answer.status == 202 && answer["state"] == "queued" && answer["queue_position"] == 0)
    #expect(ContinuousClock.now - start >= .seconds(1))
    #expect(answer.fields[.preferenceApplied] == "wait=1")
  }

  @Test func `JSON takes base64 and data URLs`() async throws {
    try await TestService.run { service in
      let image = base64(try TestPicture.image())
      let mask = base64(try TestPicture.mask())
      let answer = try await service.submit(
        json: [
          "task": "erase", "image": .string(image), "seed": 4_294_967_295,
          "mask": .string("data:image/png;base64,\(mask)"),
        ], [.prefer: "wait=10"])
      #expect(answer["state"] == "succeeded" && answer["task"] == "erase")
      #expect(answer["parameters.seed"] == 4_294_967_295)
    }
  }

  @Test func `a seed is drawn when none is given`() async throws {
    let service = try TestService()
    let first = try await service.submit(try .inpaint(seed: nil))
    let second = try await service.submit(try .inpaint(seed: nil))
    #expect(first["seed"] != nil && first["seed"] != second["seed"])
  }

  @Test func `every mistake is named at once`() async throws {
    let service = try TestService()
    var form = TestForm()
    form.add("steps", "many")
    form.add("colour", "red")
    form.add("n", "11")
    let answer = try await service.submit(form)
    #expect(answer.status == 400)
    #expect(answer.fields[.contentType] == "application/problem+json")
    #expect(answer.pointers == ["/colour", "/image", "/n", "/prompt", "/steps"])
  }

  @Test func `a mask must be there, fit and mean something`() async throws {
    let service = try TestService()
    let masks: [[UInt8]?] = [
      nil, try TestPicture.mask(isEmpty: true), try TestPicture.mask(width: 25), [1, 2, 3],
      Array(try TestPicture.mask().dropLast(40)),
    ]
    for mask in masks {
      var form = try TestForm.inpaint()
      form.remove("mask")
      if let mask { form.add(file: "mask", mask) }
      let answer = try await service.submit(form)
      #expect(answer.status == 400 && answer.pointers == ["/mask"])
    }
    let list = try await service.call(.get, "/v1/edits")
    #expect(list["edits"] == .array([]))
  }

  @Test func `a picture must decode and keep to the limits`() async throws {
    let service = try TestService { $0.images.maxPixels = 400 }
    let images = [
      try TestPicture.image(width: 26), Array("GIF89a".utf8), [], Array("<svg/>".utf8),
      Array(try TestPicture.image().dropLast(60)),
    ]
    for image in images {
      var form = try TestForm.inpaint()
      form.remove("image")
      form.add(file: "image", image)
      let answer = try await service.submit(form)
      #expect(answer.status == 400 && answer.pointers.contains("/image"), "\(image.count)")
    }
    #expect(try await service.submit(try .inpaint()).status == 202)
  }

  @Test func `what is refused leaves no file behind`() async throws {
    let service = try TestService()
    var form = try TestForm.inpaint()
    form.remove("image")
    form.add(file: "image", Array(try TestPicture.image().dropLast(60)))
    #expect(try await service.submit(form).status == 400)
    #expect(service.storedFiles == 0)
    #expect(try await service.submit(try .inpaint()).status == 202)
    // The drafts' own names go when those of the pictures are on the disk.
    while service.storedFiles > 2 { try await Task.sleep(for: .milliseconds(5)) }
    #expect(service.storedFiles == 2)
    await service.store.close()
  }

  @Test func `outpaint needs to know where, and stays within the limits`() async throws {
    let service = try TestService { $0.images.maxPixels = 1000 }
    func outpaint(_ expand: String?) async throws -> Answer {
      var form = TestForm()
      form.add("task", "outpaint")
      form.add(file: "image", try TestPicture.image())
      if let expand { form.add("expand[right]", expand) }
      return try await service.submit(form)
    }
    #expect(try await outpaint(nil).pointers == ["/expand"])
    #expect(try await outpaint("8000").pointers == ["/expand"])
    #expect(try await outpaint("0").status == 400)
    #expect(try await outpaint("8").status == 202)
  }

  @Test(arguments: [
    #"{"image": "iVBO", "image": 1"#, "[]", "7", "", #"{"image": {"a": [1]}}"#,
    #"{"image": "not base64!"}"#, #"{"image": "data:image/png,abc"}"#,
    String(repeating: "[", count: 100_000),
    #"{"metadata": "# + String(repeating: #"{"a":"#, count: 50) + "1"
      + String(repeating: "}", count: 51),
  ])
  func `what is no usable JSON is refused`(text: String) async throws {
    let service = try TestService()
    let answer = try await service.call(
      .post, "/v1/edits", [.contentType: "application/json"], body: Array(text.utf8))
    #expect(answer.status == 400)
    #expect(answer["detail"]?.text?.isEmpty == false)
  }

  @Test(arguments: [nil, "text/plain", "application/x-www-form-urlencoded", "multipart/mixed"])
  func `another media type is 415`(type: String?) async throws {
    let service = try TestService()
    var fields = HTTPFields()
    if let type { fields[.contentType] = type }
    #expect(try await service.call(.post, "/v1/edits", fields, body: [1]).status == 415)
  }

  @Test func `a body over its limit is 413`() async throws {
    let service = try TestService { ($0.formBody, $0.jsonBody) = (100, 50) }
    #expect(try await service.submit(try .inpaint()).status == 413)
    let json: [String: JSONValue] = ["prompt": .string(String(repeating: "a", count: 60))]
    #expect(try await service.submit(json: json).status == 413)
  }

  // MARK: Idempotency

  @Test func `the same key gives the same job, whatever its state`() async throws {
    try await TestService.run { service in
      let key: HTTPFields = [.idempotencyKey: "k-1"]
      let first = try await service.submit(try .inpaint(seed: nil), key)
      _ = try await service.call(.get, "/v1/edits/\(first.id)?wait=10")
      // Another boundary, another order of nothing: the same request.
      let again = try await service.submit(try .inpaint(seed: nil), key)
      #expect(again.status == 202 && again.id == first.id && again["seed"] == first["seed"])
      #expect(again.fields[.idempotencyReplayed] == "true")
      #expect(first.fields[.idempotencyReplayed] == nil)
    }
  }

  @Test func `the same key with another payload is 422`() async throws {
    let service = try TestService()
    let key: HTTPFields = [.idempotencyKey: "k-2"]
    _ = try await service.submit(try .inpaint(), key)
    #expect(try await service.submit(try .inpaint(seed: 8), key).status == 422)
    var form = try TestForm.inpaint()
    form.remove("mask")
    form.add(file: "mask", try TestPicture.mask() + [0])
    #expect(try await service.submit(form, key).status == 422)
  }

  @Test(arguments: ["", "a b", "\u{e4}", String(repeating: "k", count: 256)])
  func `an unusable key is 400`(key: String) async throws {
    let service = try TestService()
    #expect(try await service.submit(try .inpaint(), [.idempotencyKey: key]).status == 400)
  }

  // MARK: Pressure

  @Test func `a full queue is 503 and says when to come back`() async throws {
    var settings = JobStoreSettings()
    settings.queueLimit = 2
    let service = try TestService(settings: settings)
    for _ in 0..<2 { #expect(try await service.submit(try .inpaint()).status == 202) }
    let answer = try await service.submit(try .inpaint())
    #expect(answer.status == 503)
    let seconds = answer.fields[.retryAfter].flatMap { Int($0) } ?? 0
    #expect((1...120).contains(seconds))
  }

  @Test func `a quota that waiting jobs fill is 507 and says when to come back`() async throws {
    var settings = JobStoreSettings()
    settings.quota = 1
    let answer = try await TestService(settings: settings).submit(try .inpaint())
    #expect(answer.status == 507)
    #expect(answer.fields[.retryAfter] == "30")
    #expect(String(decoding: answer.bytes, as: UTF8.self).contains("storage-quota"))
  }

  @Test func `uploads are limited by address and in all, and a key on its way is 409`() async throws
  {
    let service = try TestService { ($0.submissions, $0.submissionsPerAddress) = (3, 2) }
    let (a, b) = try (
      SocketAddress(host: "10.0.0.1", port: 1), SocketAddress(host: "10.0.0.2", port: 1)
    )
    let held = HeldBody()
    let key: HTTPFields = [.idempotencyKey: "k", .contentType: "application/json"]
    let slow = [a, a, b].enumerated().map { index, peer in
      Task {
        let fields: HTTPFields = index == 0 ? key : [.contentType: "application/json"]
        return try await service.call(.post, "/v1/edits", fields, from: peer, source: held).status
      }
    }
    while await held.waiting < 3 { await Task.yield() }
    func status(_ peer: SocketAddress, _ fields: HTTPFields = [:]) async throws -> Int {
      var fields = fields
      fields[.contentType] = "application/json"
      return try await service.call(.post, "/v1/edits", fields, from: peer, source: held).status
    }
    #expect(try await status(a) == 429)
    #expect(try await status(b) == 503)
    #expect(try await status(b, key) == 409)
    await held.release()
    for task in slow { #expect(try await task.value == 400) }
    #expect(try await status(a) == 400)
  }

  @Test func `a draining service takes no more`() async throws {
    let service = try TestService()
    service.health.drain()
    let answer = try await service.submit(try .inpaint())
    #expect(answer.status == 503 && answer.fields[.retryAfter] != nil)
    #expect(try await service.call(.get, "/readyz").status == 503)
    #expect(try await service.call(.get, "/livez").status == 200)
  }
}
