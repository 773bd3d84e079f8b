package import Jobs

extension PostgresJobStore {
  package func submit(_ submission: Submission) async throws(JobStoreError) -> SubmitOutcome {
    let outcome = try await database.write { [self] transaction in
      try await accept(submission, transaction)
    }
    if case .accepted(let job) = outcome { announce(job) }
    return outcome
  }

  /// Replays come before every limit: what was accepted once is never refused later.
  private func accept(
    _ submission: Submission, _ transaction: JobTransaction
  ) async throws -> SubmitOutcome {
    if let claim = submission.idempotency {
      try await Self.lock(claim, of: submission.owner, transaction)
      if let earlier = try await Self.earlier(claim, of: submission.owner, transaction) {
        return earlier
      }
    }
    guard !isDraining.withLock({ $0 }) else { return .draining }
    if let limit = submission.ownerLimit {
      let inFlight = try await Self.inFlight(of: submission.owner, transaction)
      guard inFlight < limit else {
        return .ownerLimitReached(try await queueStatistics(transaction))
      }
    }
    guard try await hasRoom(transaction) else {
      return .queueFull(try await queueStatistics(transaction))
    }
    try await makeRoom(for: submission, transaction)
    let job = newJob(submission, transaction.now)
    return .accepted(try await insert(job, submission.idempotency, transaction))
  }

  private func queueStatistics(_ transaction: JobTransaction) async throws -> QueueStatistics {
    let rows = try await transaction.query(
      Self.statistics(now: "\(transaction.now.milliseconds)::bigint"))
    return Self.statistics(rows, limit: settings.queueLimit)
  }

  /// Jobs of an owner that wait or run; submissions of one owner with a limit go one by one.
  private static func inFlight(
    of owner: String, _ transaction: JobTransaction
  ) async throws -> Int {
    try await transaction.query(
      "SELECT pg_advisory_xact_lock(hashtextextended($1, 7310579484))", [.text(owner)])
    let rows = try await transaction.query(
      """
      SELECT count(*) AS in_flight FROM jobs
      WHERE owner = $1 AND state IN ('queued', 'running')
      """, [.text(owner)])
    return Int(rows.first?.integer("in_flight") ?? 0)
  }

  /// Duplicates wait for one another, in whatever process; others do not.
  private static func lock(
    _ claim: IdempotencyClaim, of owner: String, _ transaction: JobTransaction
  ) async throws {
    try await transaction.query(
      "SELECT pg_advisory_xact_lock(hashtextextended($1, 7310579482))",
      [.text("\(owner)\n\(claim.key.text)")])
  }

  private static func earlier(
    _ claim: IdempotencyClaim, of owner: String, _ transaction: JobTransaction
  ) async throws -> SubmitOutcome? {
    let rows = try await transaction.query(
      """
      SELECT request_hash, job_id FROM idempotency
      WHERE owner = $1 AND key = $2 AND expires_at > $3
      """,
      [.text(owner), .text(claim.key.text), .integer(transaction.now.milliseconds)])
    guard let row = rows.first else { return nil }
    guard let job = row.text("job_id").flatMap(JobID.init) else {
      throw JobStoreError.corrupt("the idempotency key \(claim.key.text)")
    }
    return row.text("request_hash") == claim.requestHash ? .replayed(job) : .payloadDiffers(job)
  }

  /// Submissions of this moment that others have not committed are not counted, so near the limit
  /// they go one by one.
  private func hasRoom(_ transaction: JobTransaction) async throws -> Bool {
    func queued() async throws -> Int {
      Int(try await transaction.query(Self.queueLength).first?.integer("queued") ?? 0)
    }
    let margin = 64
    guard try await queued() >= settings.queueLimit - margin else { return true }
    try await transaction.query("SELECT pg_advisory_xact_lock(7310579483)")
    return try await queued() < settings.queueLimit
  }

  private func newJob(_ submission: Submission, _ now: Timestamp) -> Job {
    Job(
      id: .random(), owner: submission.owner, state: .queued, parameters: submission.parameters,
      seed: submission.seed, image: submission.image, mask: submission.mask, attempt: 0,
      maxAttempts: settings.maxAttempts, createdAt: now, runAt: now, startedAt: nil,
      finishedAt: nil, sequence: 0, cancelRequested: false, progress: nil, result: nil, error: nil,
      traceparent: submission.traceparent, webhook: submission.webhook)
  }

  private func insert(
    _ job: Job, _ claim: IdempotencyClaim?, _ transaction: JobTransaction
  ) async throws -> Job {
    try await JobRow.use([job.image, job.mask].compactMap(\.self), by: job.id, transaction)
    let rank = settings.rank(createdAt: transaction.now, priority: job.parameters.priority)
    var row = JobRow(job, rank: rank)
    try await row.record(.queued, transaction)
    try await row.insert(transaction)
    if let claim { try await remember(claim, row.job, transaction) }
    return row.job
  }

  private func remember(
    _ claim: IdempotencyClaim, _ job: Job, _ transaction: JobTransaction
  ) async throws {
    let expiry = transaction.now + settings.idempotencyRetention
    try await transaction.query(
      """
      INSERT INTO idempotency (owner, key, request_hash, job_id, expires_at)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (owner, key) DO UPDATE SET request_hash = excluded.request_hash,
        job_id = excluded.job_id, expires_at = excluded.expires_at
      """,
      [
        .text(job.owner), .text(claim.key.text), .text(claim.requestHash), .text(job.id.text),
        .integer(expiry.milliseconds),
      ])
  }
}
