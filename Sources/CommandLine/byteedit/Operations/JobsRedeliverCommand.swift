import ArgumentParser
import JobStoreSQLite
import Jobs

/// Sends webhooks again.
struct JobsRedeliverCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "redeliver",
    abstract: "Send the webhooks of jobs again, delivered or given up.",
    discussion: """
      Each keeps its webhook-id, so a receiver can tell that it had it already. They are sent by the \
      running service, or the next one.
      """)

  @OptionGroup var options: JobsOptions
  @Argument(help: "The jobs' ids.") var ids: [JobID]

  func run() async throws {
    try await options.withStore { store in
      for id in ids {
        let job = try await store.existing(id)
        let count = try await store.redeliver(id)
        guard count > 0 else {
          throw JobsFailure(
            description: "job \(id) has no webhook that is delivered or given up; "
              + "'byteedit jobs show' shows those that it has")
        }
        try options.report(job, "\(count) webhooks will be sent again")
      }
    }
  }
}

/// A webhook's delivery as operators see it.
struct DeliveryDetails: Encodable, Sendable {
  let id: String
  let event: String
  let url: String
  let state: String
  let attempts: Int
  let nextAttemptAt: Timestamp?
  let finishedAt: Timestamp?
  let status: Int?
  let error: String?

  init(_ delivery: WebhookDelivery) {
    id = delivery.id
    event = delivery.event.rawValue
    url = delivery.url.text
    state = delivery.state.rawValue
    attempts = delivery.attempt
    nextAttemptAt = delivery.state == .pending ? delivery.runAt : nil
    finishedAt = delivery.finishedAt
    status = delivery.note.status
    error = delivery.note.error
  }

  enum CodingKeys: String, CodingKey {
    case id, event, url, state, attempts, status, error
    case nextAttemptAt = "next_attempt_at"
    case finishedAt = "finished_at"
  }

  /// One line.
  var text: String {
    var words = ["webhook \(event)  \(state)", "\(attempts) attempts"]
    if let status { words.append("status \(status)") }
    if let error { words.append(error) }
    if let nextAttemptAt { words.append("next \(nextAttemptAt.rfc3339)") }
    return (words + [url]).joined(separator: "  ")
  }
}
