import Jobs
import Outbound

/// What became of one attempt, and what follows from it.
struct DeliveryVerdict: Sendable, Equatable {
  /// The names under which attempts are counted.
  enum Outcome: String, CaseIterable, Sendable {
    case delivered
    /// It will be tried again.
    case retried
    /// Given up.
    case failed
    /// The receiver answered 410.
    case unsubscribed
    /// Its address is one that no request goes to; tried again all the same, since names move.
    case refused
  }

  let outcome: Outcome
  let settlement: DeliverySettlement

  init(
    _ result: Result<ResponseHead, OutboundError>, of delivery: WebhookDelivery, at now: Timestamp,
    schedule: DeliverySchedule, spread: Double
  ) {
    var note = DeliveryNote()
    var wish: Duration?
    var isRefused = false
    switch result {
    case .success(let head):
      note.status = head.status
      switch head.status {
      case 200...299:
        (outcome, settlement) = (.delivered, .delivered(note))
        return
      case 410:
        note.error = "the receiver wants no more of this edit"
        (outcome, settlement) = (.unsubscribed, .unsubscribed(note))
        return
      case 300...399: note.error = "redirects are not followed"
      case 429, 503: wish = head["retry-after"].flatMap { RetryAfter.read($0, now: now) }
      default: break
      }
    case .failure(let error):
      note.error = error.description
      if case .refused = error { isRefused = true }
    }
    let age = Duration.milliseconds(max(0, now.milliseconds - delivery.since.milliseconds))
    let pause = schedule.pause(after: delivery.attempt, age: age, wish: wish, spread: spread)
    settlement = pause.map { .retry(after: $0, note) } ?? .failed(note)
    outcome = isRefused ? .refused : pause == nil ? .failed : .retried
  }
}
