package import Jobs

extension PostgresJobStore {
  package func claimDelivery(
    _ claim: DeliveryClaim
  ) async throws(JobStoreError) -> ClaimedDelivery? {
    try await database.write { transaction in
      try await Self.claimDelivery(claim, transaction)
    }
  }

  /// Found and locked in one statement; what others hold is passed over, not waited for.
  private static func claimDelivery(
    _ claim: DeliveryClaim, _ transaction: JobTransaction
  ) async throws -> ClaimedDelivery? {
    let now = "\(transaction.now.milliseconds)::bigint"
    let rows = try await transaction.query(
      """
      \(OutboxRow.selected) WHERE \(isDue(now: now))
      ORDER BY run_at, number LIMIT 1 FOR UPDATE SKIP LOCKED
      """, values(of: claim))
    guard let next = rows.first else { return nil }
    let jobs = try await transaction.query(
      "\(JobRow.selected) WHERE id = $1", [.text(next.text("job_id"))])
    guard var row = try? OutboxRow(next), let job = try? jobs.first.map(JobRow.init)?.job else {
      // Else it would stand before all others for ever.
      try await transaction.query(
        "UPDATE webhook_outbox SET state = 'failed', finished_at = $1, last_error = $2 WHERE id = $3",
        [
          .integer(transaction.now.milliseconds), .text(WebhookDelivery.unreadable),
          .text(next.text("id")),
        ])
      return nil
    }
    row.token += 1
    row.delivery.attempt += 1
    row.delivery.runAt = transaction.now + claim.lease
    try await row.update(transaction)
    return ClaimedDelivery(
      delivery: row.delivery, job: job, lease: DeliveryLease(id: row.delivery.id, token: row.token))
  }

  private static func isDue(now: String) -> String {
    "state = 'pending' AND run_at <= \(now) AND format = ANY($1) AND NOT (host = ANY($2))"
  }

  private static func values(of claim: DeliveryClaim) -> [PostgresValue] {
    [.texts(claim.formats), .texts(claim.busyHosts)]
  }

  package func settle(
    _ lease: DeliveryLease, _ settlement: DeliverySettlement
  ) async throws(JobStoreError) -> Bool {
    try await database.write { transaction in
      try await Self.settle(lease, settlement, transaction)
    }
  }

  private static func settle(
    _ lease: DeliveryLease, _ settlement: DeliverySettlement, _ transaction: JobTransaction
  ) async throws -> Bool {
    let found = try await transaction.query(
      "\(OutboxRow.selected) WHERE id = $1 AND state = 'pending' AND lease_token = $2 FOR UPDATE",
      [.text(lease.id), .integer(lease.token)])
    guard var row = try found.first.map(OutboxRow.init) else { return false }
    row.delivery.settle(settlement, at: transaction.now)
    // Whoever still works on this attempt is fenced off.
    row.token += 1
    try await row.update(transaction)
    if case .unsubscribed(let note) = settlement {
      try await transaction.query(
        """
        UPDATE webhook_outbox SET state = 'failed', finished_at = $1, last_status = $2,
          last_error = $3, lease_token = lease_token + 1
        WHERE job_id = $4 AND state = 'pending'
        """,
        [
          .integer(transaction.now.milliseconds), .integer(note.status.map { Int64($0) }),
          .text(note.error), .text(row.delivery.job.text),
        ])
    }
    return true
  }

  package func deliveries(of job: JobID) async throws(JobStoreError) -> [WebhookDelivery] {
    let rows = try await database.read(
      "\(OutboxRow.selected) WHERE job_id = $1 ORDER BY created_at, number", [.text(job.text)])
    do {
      return try rows.map { try OutboxRow($0).delivery }
    } catch {
      throw JobStoreError(translating: error)
    }
  }

  package func redeliver(_ job: JobID) async throws(JobStoreError) -> Int {
    let count = try await database.write { transaction in
      try await transaction.query(
        """
        UPDATE webhook_outbox SET state = 'pending', run_at = $1, since = $1, attempt = 0,
          lease_token = lease_token + 1, finished_at = NULL
        WHERE job_id = $2 AND state <> 'pending' RETURNING id
        """, [.integer(transaction.now.milliseconds), .text(job.text)]
      ).count
    }
    if count > 0 { notifier.deliveryArrived() }
    return count
  }

  package func outboxStatistics() async throws(JobStoreError) -> OutboxStatistics {
    let rows = try await database.read(
      """
      SELECT count(*) AS pending, \(database.now) - min(since) AS age FROM webhook_outbox
      WHERE state = 'pending'
      """)
    return OutboxStatistics(
      pending: Int(rows.first?.integer("pending") ?? 0),
      oldestSeconds: Double(max(0, rows.first?.integer("age") ?? 0)) / 1000)
  }

  package func waitForDeliveries(_ claim: DeliveryClaim, timeout: Duration) async {
    let ticket = notifier.ticketForDeliveries()
    // What came between the caller's last claim and the ticket woke nobody.
    if await !hasDue(claim) { await ticket.wait(timeout: timeout) }
    notifier.discardForDeliveries(ticket)
  }

  private func hasDue(_ claim: DeliveryClaim) async -> Bool {
    let found = try? await database.read(
      "SELECT 1 FROM webhook_outbox WHERE \(Self.isDue(now: database.now)) LIMIT 1",
      Self.values(of: claim))
    return found?.isEmpty == false
  }

  /// Writes into the outbox the ends of jobs that an older program made without it.
  func noteEnds(_ transaction: JobTransaction) async throws {
    let found = try await transaction.query(
      """
      \(JobRow.selected) WHERE webhook IS NOT NULL AND NOT webhook_noted
        AND finished_at IS NOT NULL LIMIT 500 FOR UPDATE SKIP LOCKED
      """)
    for var row in try found.map(JobRow.init) {
      let event = WebhookEvent(end: row.job.state)
      let moment = row.job.finishedAt ?? transaction.now
      if let delivery = WebhookDelivery(of: event, for: row.job, at: moment) {
        try await OutboxRow(delivery).insert(transaction)
      }
      row.isEndNoted = true
      try await row.update(transaction)
    }
  }
}
