/// One entry of a job's history: append-only, numbered from 1 per job, replayed to late listeners.
package struct JobEvent: Sendable, Hashable {
  package let sequence: Int64
  package let moment: Timestamp
  package let kind: Kind

  package init(sequence: Int64, moment: Timestamp, kind: Kind) {
    self.sequence = sequence
    self.moment = moment
    self.kind = kind
  }

  package enum Kind: Sendable, Hashable, Codable {
    case queued
    case running(attempt: Int)
    case progress(JobProgress)
    case cancelRequested
    /// Back in the queue: a lost lease, a transient failure or a draining worker.
    case requeued(reason: String)
    case succeeded
    case failed(JobError)
    case canceled
    case expired

    /// The name of the event on the wire.
    package var name: String {
      switch self {
      case .queued: "queued"
      case .running: "running"
      case .progress: "progress"
      case .cancelRequested: "cancel_requested"
      case .requeued: "requeued"
      case .succeeded: "succeeded"
      case .failed: "failed"
      case .canceled: "canceled"
      case .expired: "expired"
      }
    }
  }
}
