import GRDB
package import Jobs

extension SQLiteJobStore {
  package func claimDelivery(
    _ claim: DeliveryClaim
  ) async throws(JobStoreError) -> ClaimedDelivery? {
    try await database.relaxed { [self] db in try claimDelivery(claim, db) }
  }

  /// Found and taken under one write lock, so that no two senders ever get the same one.
  private func claimDelivery(_ claim: DeliveryClaim, _ db: Database) throws -> ClaimedDelivery? {
    let now = clock.now()
    let (condition, arguments) = Self.isDue(claim, now)
    let sql = "SELECT * FROM webhook_outbox WHERE \(condition) ORDER BY run_at LIMIT 1"
    let next = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    guard let next else { return nil }
    guard var row = try? OutboxRow(next), let job = try? JobRow.fetch(db, row.delivery.job)?.job
    else {
      // Else it would stand before all others for ever.
      try Self.giveUp(next["id"], now, db)
      return nil
    }
    row.token += 1
    row.delivery.attempt += 1
    row.delivery.runAt = now + claim.lease
    try row.update(db)
    return ClaimedDelivery(
      delivery: row.delivery, job: job, lease: DeliveryLease(id: row.delivery.id, token: row.token))
  }

  private static func giveUp(_ id: String, _ now: Timestamp, _ db: Database) throws {
    try db.execute(
      sql: """
        UPDATE webhook_outbox SET state = 'failed', finished_at = ?, last_error = ? WHERE id = ?
        """, arguments: [now.milliseconds, WebhookDelivery.unreadable, id])
  }

  private static func isDue(
    _ claim: DeliveryClaim, _ now: Timestamp
  ) -> (String, StatementArguments) {
    func marks(_ list: [String]) -> String { list.map { _ in "?" }.joined(separator: ", ") }
    var condition = "state = 'pending' AND run_at <= ? AND format IN (\(marks(claim.formats)))"
    if !claim.busyHosts.isEmpty { condition += " AND host NOT IN (\(marks(claim.busyHosts)))" }
    return (
      condition,
      [now.milliseconds] + StatementArguments(claim.formats) + StatementArguments(claim.busyHosts)
    )
  }

  package func settle(
    _ lease: DeliveryLease, _ settlement: DeliverySettlement
  ) async throws(JobStoreError) -> Bool {
    try await database.relaxed { [self] db in try settle(lease, settlement, db) }
  }

  private func settle(
    _ lease: DeliveryLease, _ settlement: DeliverySettlement, _ db: Database
  ) throws -> Bool {
    let found = try OutboxRow.fetchAll(
      db, where: "id = ? AND state = 'pending' AND lease_token = ?", [lease.id, lease.token])
    guard var row = found.first else { return false }
    let now = clock.now()
    row.delivery.settle(settlement, at: now)
    // Whoever still works on this attempt is fenced off.
    row.token += 1
    try row.update(db)
    if case .unsubscribed(let note) = settlement {
      try db.execute(
        sql: """
          UPDATE webhook_outbox SET state = 'failed', finished_at = ?, last_status = ?,
            last_error = ?, lease_token = lease_token + 1
          WHERE job_id = ? AND state = 'pending'
          """,
        arguments: [now.milliseconds, note.status, note.error, row.delivery.job.text])
    }
    return true
  }

  package func deliveries(of job: JobID) async throws(JobStoreError) -> [WebhookDelivery] {
    try await database.read { db in
      try OutboxRow.fetchAll(db, where: "job_id = ? ORDER BY created_at, rowid", [job.text])
        .map(\.delivery)
    }
  }

  package func redeliver(_ job: JobID) async throws(JobStoreError) -> Int {
    let now = clock.now()
    let count = try await database.durable { db in
      try db.execute(
        sql: """
          UPDATE webhook_outbox SET state = 'pending', run_at = ?, since = ?, attempt = 0,
            lease_token = lease_token + 1, finished_at = NULL
          WHERE job_id = ? AND state <> 'pending'
          """, arguments: [now.milliseconds, now.milliseconds, job.text])
      return db.changesCount
    }
    if count > 0 { notifier.deliveryArrived() }
    return count
  }

  package func outboxStatistics() async throws(JobStoreError) -> OutboxStatistics {
    let now = clock.now()
    return try await database.read { db in
      let row = try Row.fetchOne(
        db.cachedStatement(
          sql: """
            SELECT count(*) AS pending, min(since) AS oldest FROM webhook_outbox
            WHERE state = 'pending'
            """))
      let oldest = row?.moment("oldest")
      return OutboxStatistics(
        pending: row?["pending"] ?? 0, oldestSeconds: oldest.map { now.seconds(since: $0) } ?? 0)
    }
  }

  package func waitForDeliveries(_ claim: DeliveryClaim, timeout: Duration) async {
    let ticket = notifier.ticketForDeliveries()
    // What came between the caller's last claim and the ticket woke nobody.
    if await !hasDue(claim) { await ticket.wait(timeout: timeout) }
    notifier.discardForDeliveries(ticket)
  }

  private func hasDue(_ claim: DeliveryClaim) async -> Bool {
    let (condition, arguments) = Self.isDue(claim, clock.now())
    let sql = "SELECT EXISTS (SELECT 1 FROM webhook_outbox WHERE \(condition))"
    let found = try? await database.read { db in
      try Bool.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }
    return found == true
  }
}
