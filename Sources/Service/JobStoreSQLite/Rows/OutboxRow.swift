import GRDB
import Jobs

/// A row of the outbox with the token that fences its senders.
struct OutboxRow {
  var delivery: WebhookDelivery
  var token: Int64

  init(_ delivery: WebhookDelivery) {
    self.delivery = delivery
    token = 0
  }

  /// Throws `corrupt` when a column does not hold what was written there.
  init(_ row: Row) throws {
    let id: String = row["id"]
    guard let job = JobID(row["job_id"]), let event = WebhookEvent(rawValue: row["event"]),
      let state = WebhookDelivery.State(rawValue: row["state"]),
      let url = try? WebhookURL(row["url"] as String)
    else { throw JobStoreError.corrupt("the delivery \(id)") }
    token = row["lease_token"]
    delivery = WebhookDelivery(
      id: id, job: job, event: event, format: row["format"], url: url, state: state,
      createdAt: Timestamp(milliseconds: row["created_at"]),
      since: Timestamp(milliseconds: row["since"]),
      runAt: Timestamp(milliseconds: row["run_at"]), attempt: row["attempt"],
      note: DeliveryNote(status: row["last_status"], error: row["last_error"]),
      finishedAt: row.moment("finished_at"))
  }

  static func fetchAll(
    _ db: Database, where condition: String, _ arguments: StatementArguments
  ) throws -> [OutboxRow] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM webhook_outbox WHERE \(condition)"),
      arguments: arguments
    ).map(OutboxRow.init)
  }

  func insert(_ db: Database) throws {
    try db.cachedStatement(
      sql: """
        INSERT INTO webhook_outbox (id, job_id, event, format, url, host, state, created_at, since,
          run_at, attempt, lease_token)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      delivery.id, delivery.job.text, delivery.event.rawValue, delivery.format, delivery.url.text,
      delivery.url.host, delivery.state.rawValue, delivery.createdAt.milliseconds,
      delivery.since.milliseconds, delivery.runAt.milliseconds, delivery.attempt, token,
    ])
  }

  func update(_ db: Database) throws {
    try db.cachedStatement(
      sql: """
        UPDATE webhook_outbox SET state = ?, run_at = ?, attempt = ?, lease_token = ?,
          last_status = ?, last_error = ?, finished_at = ? WHERE id = ?
        """
    ).execute(arguments: [
      delivery.state.rawValue, delivery.runAt.milliseconds, delivery.attempt, token,
      delivery.note.status, delivery.note.error, delivery.finishedAt?.milliseconds, delivery.id,
    ])
  }
}
