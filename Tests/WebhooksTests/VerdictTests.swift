import Jobs
import Outbound
import Testing

@testable import Webhooks

@Suite struct `When a delivery is tried again` {
  private let schedule = DeliverySchedule(maximumAge: .seconds(86_400))
  private let now = Timestamp(milliseconds: 1_767_225_600_000)

  private func delivery(attempt: Int = 1, age: Duration = .zero) throws -> WebhookDelivery {
    WebhookDelivery(
      id: "msg_1", job: .random(), event: .failed, format: "edit",
      url: try WebhookURL("https://example.org/"), state: .pending, createdAt: now - age,
      since: now - age, runAt: now, attempt: attempt, note: DeliveryNote(), finishedAt: nil)
  }

  private func verdict(
    _ answer: String, attempt: Int = 1, age: Duration = .zero, spread: Double = 0
  ) throws -> DeliveryVerdict {
    let head = try ResponseHead(Array("HTTP/1.1 \(answer)".utf8))
    return DeliveryVerdict(
      .success(head), of: try delivery(attempt: attempt, age: age), at: now, schedule: schedule,
      spread: spread)
  }

  @Test(
    arguments: [
      ("200 OK", .delivered), ("204 ", .delivered), ("299 ", .delivered),
      ("410 Gone", .unsubscribed),
      ("301 Moved", .retried), ("304 ", .retried), ("400 Bad", .retried), ("404 ", .retried),
      ("429 ", .retried), ("500 ", .retried), ("503 ", .retried),
    ] as [(String, DeliveryVerdict.Outcome)])
  func `hangs on the status`(_ answer: String, _ outcome: DeliveryVerdict.Outcome) throws {
    #expect(try verdict(answer).outcome == outcome)
  }

  @Test func `follows the schedule, spread by a fifth`() throws {
    let seconds = [5, 300, 1800, 7200, 18_000, 36_000]
    for (place, pause) in seconds.enumerated() {
      #expect(
        schedule.pause(after: place + 1, age: .zero, spread: 0) == .seconds(pause))
      #expect(
        schedule.pause(after: place + 1, age: .zero, spread: 1) == .seconds(pause) * 1.2)
    }
    #expect(schedule.pause(after: 10, age: .zero, spread: 0) == nil, "there is no tenth pause")
  }

  @Test func `ends where the next attempt would be too late`() throws {
    #expect(try verdict("500 ", attempt: 6, age: .seconds(50_400)).outcome == .retried)
    let late = try verdict("500 ", attempt: 6, age: .seconds(50_401))
    #expect(late.outcome == .failed)
    #expect(late.settlement == .failed(DeliveryNote(status: 500)))
  }

  @Test func `does what the receiver wishes, where that is later`() throws {
    func pause(_ answer: String) throws -> Duration? {
      guard case .retry(let pause, _) = try verdict(answer).settlement else { return nil }
      return pause
    }
    #expect(try pause("503 \r\nRetry-After: 120") == .seconds(120))
    #expect(try pause("429 \r\nRetry-After: 1") == .seconds(5))
    #expect(try pause("429 \r\nRetry-After: Thu, 01 Jan 2026 00:01:00 GMT") == .seconds(60))
    #expect(try pause("500 \r\nRetry-After: 120") == .seconds(5), "only 429 and 503 may wish")
    #expect(try pause("503 \r\nRetry-After: 90000") == nil, "beyond its age it is given up")
  }

  @Test(arguments: [
    ("0", 0), ("120", 120_000), ("Thu, 01 Jan 2026 00:00:30 GMT", 30_000),
    ("Wed, 31 Dec 2025 23:59:59 GMT", 0), ("99999999999999999999", 365 * 86_400_000),
  ])
  func `reads Retry-After as seconds or as a moment`(_ text: String, _ milliseconds: Int) {
    #expect(RetryAfter.read(text, now: now) == .milliseconds(milliseconds))
  }

  @Test(arguments: [
    "", "-1", "1.5", "soon", "Thu, 32 Jan 2026 00:00:30 GMT", "Thu, 01 Foo 2026 00:00:30 GMT",
    "Thu, 01 Jan 2026 00:00:30 UTC", "Thursday, 01-Jan-26 00:00:30 GMT",
  ])
  func `leaves a Retry-After alone that is neither`(_ text: String) {
    #expect(RetryAfter.read(text, now: now) == nil)
  }

  @Test func `tells refused addresses apart, and tries them again all the same`() throws {
    let refused = DeliveryVerdict(
      .failure(.refused(address: "10.0.0.1", reason: "private")), of: try delivery(), at: now,
      schedule: schedule, spread: 0)
    #expect(refused.outcome == .refused)
    guard case .retry(_, let note) = refused.settlement else {
      Issue.record("\(refused)")
      return
    }
    #expect(note.status == nil && note.error?.contains("10.0.0.1") == true)
  }
}
