import API
import FoundationEssentials
import HTTP
import Jobs
import Testing

@Suite struct `Webhooks of submissions` {
  private static let url = "https://example.org/hook?key=1"

  private func service(refusing: String? = nil) throws -> TestService {
    try TestService { $0.webhookRefusal = { _ in refusing } }
  }

  private func job(_ answer: Answer, _ service: TestService) async throws -> Job {
    guard let id = JobID(answer.id), case .found(let found) = try await service.store.job(id)
    else { throw Missing() }
    return found
  }

  private struct Missing: Error {}

  @Test func `are kept with the job, from forms and JSON`() async throws {
    let service = try service()
    var form = try TestForm.inpaint()
    form.add("webhook", Self.url)
    form.add("webhook_events", "edit.running,edit.failed")
    let answer = try await service.submit(form)
    #expect(answer.status == 202)
    #expect(answer["webhook.url"] == "https://example.org/hook?key=1")
    #expect(answer["webhook.events.0"] == "edit.running")
    let kept = try await job(answer, service)
    #expect(kept.webhook?.events == [.running, .failed] && kept.webhook?.url.text == Self.url)
    #expect(try await service.submit(try .inpaint())["webhook"] == nil)
  }

  @Test func `are refused by the field, with what to do`() async throws {
    var form = try TestForm.inpaint()
    form.add("webhook", Self.url)
    let refused = try await service(refusing: "must not lead there").submit(form)
    #expect(refused.status == 400 && refused["errors.0.pointer"] == "/webhook")
    #expect(refused["errors.0.detail"] == "must not lead there")
    let off = try await TestService().submit(form)
    #expect(off.status == 400 && off["errors.0.pointer"] == "/webhook")
    form = try TestForm.inpaint()
    form.add("webhook", "https://me:secret@example.org/")
    form.add("webhook_events", "edit.begun")
    let wrong = try await service().submit(form)
    #expect(wrong.status == 400 && wrong["errors.0.pointer"] == "/webhook")
    #expect(wrong["errors.1.pointer"] == "/webhook_events/0")
  }

  @Test func `carry the ended edit with links, and not where it is told`() async throws {
    let service = try TestService {
      $0.webhookRefusal = { _ in nil }
      $0.publicURL = "https://edit.example"
    }
    var form = try TestForm.inpaint()
    form.add("webhook", Self.url)
    form.add("metadata", "{\"order\":7}")
    let job = try await job(try await service.submit(form), service)
    guard case .canceled(let ended) = try await service.store.cancel(job.id) else {
      throw Missing()
    }
    let delivery = try #require(try await service.store.deliveries(of: job.id).first)
    let body = try service.api.webhookPayload(delivery, of: ended)
    guard
      case .object(let payload) = try JSONText.decode(
        JSONValue.self, from: String(decoding: body, as: UTF8.self)),
      case .object(let data)? = payload["data"]
    else { throw Missing() }
    #expect(payload["type"] == "edit.canceled")
    #expect(payload["timestamp"] == .string(delivery.createdAt.rfc3339))
    #expect(data["id"] == .string(job.id.text) && data["state"] == "canceled")
    #expect(data["metadata"] == ["order": 7] && data["webhook"] == nil)
    #expect(data["links"] == ["self": .string("https://edit.example/v1/edits/\(job.id)")])
    #expect(!String(decoding: body, as: UTF8.self).contains("key=1"))
    #expect(try service.api.webhookPayload(delivery, of: ended) == body, "the same every time")
  }

  @Test func `tell of a begun edit what stays as it is`() async throws {
    let service = try TestService()
    var submission = try await submission(service)
    submission.webhook = WebhookSubscription(
      url: try WebhookURL(Self.url), events: [.running])
    guard case .accepted(let job) = try await service.store.submit(submission) else {
      throw Missing()
    }
    let claimed = try #require(try await service.store.claim(worker: "w", lease: .seconds(9)))
    let delivery = try #require(try await service.store.deliveries(of: job.id).first)
    let first = try service.api.webhookPayload(delivery, of: claimed.job)
    _ = try await service.store.cancel(job.id)
    _ = try await service.store.finish(claimed.lease, .stopped)
    guard case .found(let ended) = try await service.store.job(job.id) else { throw Missing() }
    #expect(try service.api.webhookPayload(delivery, of: ended) == first)
    #expect(String(decoding: first, as: UTF8.self).contains("\"type\":\"edit.running\""))
  }

  private func submission(_ service: TestService) async throws -> Submission {
    let image = try await service.store.put([1], mediaType: "image/png")
    return Submission(
      owner: "local", parameters: EditParameters(), seed: 1, image: image)
  }
}
