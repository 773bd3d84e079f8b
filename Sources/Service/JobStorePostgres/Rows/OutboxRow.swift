import Jobs

/// A row of the outbox with the token that fences its senders.
struct OutboxRow: Sendable {
  var delivery: WebhookDelivery
  var token: Int64

  init(_ delivery: WebhookDelivery) {
    self.delivery = delivery
    token = 0
  }

  /// Throws `corrupt` when a column does not hold what was written there.
  init(_ row: PostgresRow) throws {
    let id = try row.required("id", PostgresRow.text)
    guard let job = row.text("job_id").flatMap(JobID.init),
      let event = row.text("event").flatMap(WebhookEvent.init(rawValue:)),
      let state = row.text("state").flatMap(WebhookDelivery.State.init(rawValue:)),
      let url = try? WebhookURL(try row.required("url", PostgresRow.text))
    else { throw JobStoreError.corrupt("the delivery \(id)") }
    token = try row.required("lease_token", PostgresRow.integer)
    delivery = WebhookDelivery(
      id: id, job: job, event: event, format: try row.required("format", PostgresRow.text),
      url: url, state: state,
      createdAt: try row.required("created_at", PostgresRow.moment),
      since: try row.required("since", PostgresRow.moment),
      runAt: try row.required("run_at", PostgresRow.moment),
      attempt: Int(try row.required("attempt", PostgresRow.integer)),
      note: DeliveryNote(
        status: row.integer("last_status").map { Int($0) }, error: row.text("last_error")),
      finishedAt: row.moment("finished_at"))
  }

  static let selected = """
    SELECT id, job_id, event, format, url, state, created_at, since, run_at, attempt, lease_token,
      last_status, last_error, finished_at FROM webhook_outbox
    """

  func insert(_ transaction: JobTransaction) async throws {
    try await transaction.query(
      """
      INSERT INTO webhook_outbox (id, job_id, event, format, url, host, state, created_at, since,
        run_at, attempt, lease_token)
      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
      """,
      [
        .text(delivery.id), .text(delivery.job.text), .text(delivery.event.rawValue),
        .text(delivery.format), .text(delivery.url.text), .text(delivery.url.host),
        .text(delivery.state.rawValue), .integer(delivery.createdAt.milliseconds),
        .integer(delivery.since.milliseconds), .integer(delivery.runAt.milliseconds),
        .integer(Int64(delivery.attempt)), .integer(token),
      ])
  }

  func update(_ transaction: JobTransaction) async throws {
    try await transaction.query(
      """
      UPDATE webhook_outbox SET state = $2, run_at = $3, attempt = $4, lease_token = $5,
        last_status = $6, last_error = $7, finished_at = $8 WHERE id = $1
      """,
      [
        .text(delivery.id), .text(delivery.state.rawValue),
        .integer(delivery.runAt.milliseconds), .integer(Int64(delivery.attempt)),
        .integer(token), .integer(delivery.note.status.map { Int64($0) }),
        .text(delivery.note.error), .integer(delivery.finishedAt?.milliseconds),
      ])
  }
}
