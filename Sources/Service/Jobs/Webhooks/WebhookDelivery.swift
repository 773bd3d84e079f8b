/// One event on its way to one receiver: a row of the outbox.
package struct WebhookDelivery: Sendable, Hashable {
  package enum State: String, Sendable, Hashable, Codable {
    case pending
    case delivered
    /// Given up.
    case failed
  }

  /// `webhook-id`: the same over all attempts, so that a receiver can tell repetitions.
  package let id: String
  package let job: JobID
  package let event: WebhookEvent
  package let format: String
  package let url: WebhookURL
  package var state: State
  /// When the event happened.
  package let createdAt: Timestamp
  /// From when on it is tried: the event, or the latest wish to have it delivered again.
  package let since: Timestamp
  /// Not tried before; while an attempt is under way, when that counts as lost.
  package var runAt: Timestamp
  /// Attempts begun.
  package var attempt: Int
  /// Of the latest attempt that ended.
  package var note: DeliveryNote
  package var finishedAt: Timestamp?

  package init(
    id: String, job: JobID, event: WebhookEvent, format: String, url: WebhookURL, state: State,
    createdAt: Timestamp, since: Timestamp, runAt: Timestamp, attempt: Int, note: DeliveryNote,
    finishedAt: Timestamp?
  ) {
    self.id = id
    self.job = job
    self.event = event
    self.format = format
    self.url = url
    self.state = state
    self.createdAt = createdAt
    self.since = since
    self.runAt = runAt
    self.attempt = attempt
    self.note = note
    self.finishedAt = finishedAt
  }

  /// What is noted of a row that does not hold what was written there.
  package static let unreadable = "its row or its job's is damaged"

  /// A new one, due at once; `nil` where the job's subscriber does not ask for the event.
  package init?(of event: WebhookEvent?, for job: Job, at moment: Timestamp) {
    guard let event, let webhook = job.webhook, webhook.events.contains(event) else { return nil }
    self.init(
      id: Self.randomID(), job: job.id, event: event, format: webhook.format, url: webhook.url,
      state: .pending, createdAt: moment, since: moment, runAt: moment, attempt: 0,
      note: DeliveryNote(), finishedAt: nil)
  }

  /// `msg_` and 128 random bits.
  private static func randomID() -> String {
    "msg_" + JobID.random().text.dropFirst(JobID.prefix.count)
  }
}

/// What an attempt came to: the receiver's status, or why there was none.
package struct DeliveryNote: Sendable, Hashable, Codable {
  package var status: Int?
  package var error: String?

  package init(status: Int? = nil, error: String? = nil) {
    self.status = status
    self.error = error
  }
}

/// A sender's right to a delivery; an older token is refused.
package struct DeliveryLease: Sendable, Hashable {
  package let id: String
  package let token: Int64

  package init(id: String, token: Int64) {
    self.id = id
    self.token = token
  }
}

/// A delivery handed to a sender, with the job that it is about.
package struct ClaimedDelivery: Sendable, Hashable {
  package let delivery: WebhookDelivery
  package let job: Job
  package let lease: DeliveryLease

  package init(delivery: WebhookDelivery, job: Job, lease: DeliveryLease) {
    self.delivery = delivery
    self.job = job
    self.lease = lease
  }
}

/// Which deliveries a sender takes.
package struct DeliveryClaim: Sendable, Hashable {
  /// After so long an attempt counts as lost, and another may begin.
  package var lease: Duration
  /// Formats that the sender can build; others' are left to whoever can.
  package var formats: [String]
  /// Hosts that have as many attempts under way as they may.
  package var busyHosts: [String]

  package init(
    lease: Duration, formats: [String] = [WebhookSubscription.nativeFormat],
    busyHosts: [String] = []
  ) {
    self.lease = lease
    self.formats = formats
    self.busyHosts = busyHosts
  }
}

/// How an attempt ends.
package enum DeliverySettlement: Sendable, Hashable {
  case delivered(DeliveryNote)
  case retry(after: Duration, DeliveryNote)
  case failed(DeliveryNote)
  /// The receiver wants nothing more of this job: its other deliveries fail with this one.
  case unsubscribed(DeliveryNote)
  /// Not carried out; costs no attempt.
  case handedBack
}

/// What waits in the outbox.
package struct OutboxStatistics: Sendable, Hashable {
  package var pending: Int
  /// Age of the event that has waited longest, in seconds.
  package var oldestSeconds: Double

  package init(pending: Int, oldestSeconds: Double) {
    self.pending = pending
    self.oldestSeconds = oldestSeconds
  }
}
