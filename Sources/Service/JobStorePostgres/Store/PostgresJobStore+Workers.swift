package import Jobs

extension PostgresJobStore {
  package func register(_ id: String, description: JSONValue) async throws(JobStoreError) {
    _ = try await database.write(doubt: .isRepeated) { transaction in
      try await transaction.query(
        """
        INSERT INTO workers (id, description, last_seen) VALUES ($1, $2, $3)
        ON CONFLICT (id) DO UPDATE
        SET description = excluded.description, last_seen = excluded.last_seen
        """,
        [
          .text(id), .text(try JSONText.encode(description)),
          .integer(transaction.now.milliseconds),
        ])
    }
  }

  package func unregister(_ id: String) async throws(JobStoreError) {
    _ = try await database.read("DELETE FROM workers WHERE id = $1", [.text(id)])
  }

  package func touch(_ id: String) async throws(JobStoreError) {
    _ = try await database.write(.relaxed, doubt: .isRepeated) { transaction in
      try await transaction.query(
        "UPDATE workers SET last_seen = $1 WHERE id = $2",
        [.integer(transaction.now.milliseconds), .text(id)])
    }
  }

  package func workers(
    seenWithin span: Duration
  ) async throws(JobStoreError) -> [WorkerRecord] {
    let rows = try await database.read(
      """
      SELECT id, description, last_seen FROM workers
      WHERE last_seen >= \(database.now) - $1 ORDER BY id
      """, [.integer(span.wholeMilliseconds)])
    do {
      return try rows.map { row in
        WorkerRecord(
          id: try row.required("id", PostgresRow.text),
          description: try row.json(JSONValue.self, "description") ?? .null,
          lastSeen: try row.required("last_seen", PostgresRow.moment))
      }
    } catch {
      throw JobStoreError(translating: error)
    }
  }

  package func claim(
    worker: String, lease span: Duration
  ) async throws(JobStoreError) -> ClaimedJob? {
    guard !isDraining.withLock({ $0 }) else { return nil }
    let claimed = try await database.write { transaction in
      try await Self.claimNext(worker, span, transaction)
    }
    if let claimed { announce(claimed.job) }
    return claimed
  }

  /// Found and locked in one statement; what others hold is passed over, not waited for.
  private static func claimNext(
    _ worker: String, _ span: Duration, _ transaction: JobTransaction
  ) async throws -> ClaimedJob? {
    let now = "\(transaction.now.milliseconds)::bigint"
    let rows = try await transaction.query(
      """
      WITH next AS (
        SELECT id AS next_id FROM jobs WHERE \(isClaimable(now: now))
        ORDER BY rank, number LIMIT 1 FOR UPDATE SKIP LOCKED)
      \(JobRow.selected) JOIN next ON id = next_id
      """)
    guard var row = try rows.first.map(JobRow.init) else { return nil }
    var context = TransitionContext()
    context.leaseOwner = worker
    context.leaseUntil = transaction.now + span
    try await row.transition(.claim, transaction, context)
    return ClaimedJob(job: row.job, lease: Lease(job: row.job.id, token: row.leaseToken))
  }

  package func heartbeat(
    _ lease: Lease, for span: Duration
  ) async throws(JobStoreError) -> LeaseAnswer {
    let rows = try await database.write(.relaxed, doubt: .isRepeated) { transaction in
      try await transaction.query(
        """
        UPDATE jobs SET lease_until = $1, heartbeat_at = $2
        WHERE id = $3 AND state = 'running' AND lease_token = $4 RETURNING cancel_requested
        """,
        [
          .integer((transaction.now + span).milliseconds), .integer(transaction.now.milliseconds),
          .text(lease.job.text), .integer(lease.token),
        ])
    }
    guard let isCanceled = rows.first?.boolean("cancel_requested") else { return .lost }
    return isCanceled ? .cancelRequested : .held
  }

  package func report(
    _ progress: JobProgress, under lease: Lease
  ) async throws(JobStoreError) -> LeaseAnswer {
    let job: Job? = try await database.write { transaction in
      guard var row = try await JobRow.held(lease, transaction) else { return nil }
      try await JobRow.use((progress.previews ?? []).map(\.image), by: row.job.id, transaction)
      row.job.progress = progress
      try await row.record(.progress(progress), transaction)
      try await row.update(transaction)
      return row.job
    }
    guard let job else { return .lost }
    announce(job)
    return job.cancelRequested ? .cancelRequested : .held
  }

  package func finish(
    _ lease: Lease, _ outcome: Outcome
  ) async throws(JobStoreError) -> FinishAnswer {
    let ended: Job? = try await database.write { transaction in
      guard var row = try await JobRow.held(lease, transaction) else { return nil }
      try await row.end(outcome, transaction)
      return row.job
    }
    guard let ended else { return .lost }
    announce(ended)
    return .written(ended.state)
  }
}

extension JobRow {
  /// The row, locked, while `lease` is the one in force; `nil` says that it is lost.
  static func held(
    _ lease: Lease, _ transaction: JobTransaction
  ) async throws -> JobRow? {
    guard let row = try await locked(transaction, lease.job), row.job.state == .running,
      row.leaseToken == lease.token
    else { return nil }
    return row
  }

  fileprivate mutating func end(_ outcome: Outcome, _ transaction: JobTransaction) async throws {
    switch outcome {
    case .succeeded(let result):
      var context = TransitionContext()
      context.result = result
      try await transition(.succeed, transaction, context)
    case .failed(let error, let isTransient):
      try await transition(.fail(error, isTransient: isTransient), transaction)
    case .stopped:
      try await transition(.stopped, transaction)
    case .handedBack:
      try await transition(.handBack, transaction)
    }
  }
}
