/// What a webhook may tell; the name is the payload's `type`.
package enum WebhookEvent: String, CaseIterable, Codable, Sendable, Hashable {
  /// A worker has begun, once for every attempt.
  case running = "edit.running"
  case succeeded = "edit.succeeded"
  case failed = "edit.failed"
  case canceled = "edit.canceled"
  case expired = "edit.expired"

  /// What is told when nothing else is asked for: every way a job can end.
  package static let ends: Set<WebhookEvent> = [.succeeded, .failed, .canceled, .expired]

  /// The event that an entry of a job's history is, where it is one.
  package init?(_ kind: JobEvent.Kind) {
    switch kind {
    case .running: self = .running
    case .succeeded: self = .succeeded
    case .failed: self = .failed
    case .canceled: self = .canceled
    case .expired: self = .expired
    case .queued, .progress, .cancelRequested, .requeued: return nil
    }
  }

  /// The event by which a job in this state has ended; `nil` for one that has not.
  package init?(end state: JobState) {
    switch state {
    case .queued, .running: return nil
    case .succeeded: self = .succeeded
    case .failed: self = .failed
    case .canceled: self = .canceled
    case .expired: self = .expired
    }
  }
}
