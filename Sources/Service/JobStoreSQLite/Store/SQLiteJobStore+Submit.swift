import GRDB
package import Jobs

extension SQLiteJobStore {
  package func submit(_ submission: Submission) async throws(JobStoreError) -> SubmitOutcome {
    let outcome: SubmitOutcome
    do {
      outcome = try await database.durable { [self] db in try accept(submission, db) }
    } catch {
      if case .quotaExceeded = error { try await discard(submission) }
      throw error
    }
    if case .accepted(let job) = outcome { announce(job) }
    return outcome
  }

  /// Replays come before every limit: what was accepted once is never refused later.
  private func accept(_ submission: Submission, _ db: Database) throws -> SubmitOutcome {
    let now = clock.now()
    if let claim = submission.idempotency,
      let earlier = try Self.earlier(claim, of: submission.owner, now, db)
    {
      return earlier
    }
    guard !isDraining.withLock({ $0 }) else { return .draining }
    if let limit = submission.ownerLimit,
      try Self.inFlight(of: submission.owner, db) >= limit
    {
      return .ownerLimitReached(try queueStatistics(now, db))
    }
    let queued = try Self.queueLength(db)
    guard queued < settings.queueLimit else { return .queueFull(try queueStatistics(now, db)) }
    try makeRoom(for: submission, now, db)
    let job = newJob(submission, now)
    let isNext = queued == 0 && job.deadline.map { $0 > now } != false
    let worker = isNext ? notifier.reserveIdleWorker() : nil
    do {
      return .accepted(try insert(job, submission.idempotency, for: worker, now, db))
    } catch {
      worker?.hand(nil)
      throw error
    }
  }

  private static func earlier(
    _ claim: IdempotencyClaim, of owner: String, _ now: Timestamp, _ db: Database
  ) throws -> SubmitOutcome? {
    let sql = """
      SELECT request_hash, job_id FROM idempotency WHERE owner = ? AND key = ? AND expires_at > ?
      """
    let row = try Row.fetchOne(
      db.cachedStatement(sql: sql), arguments: [owner, claim.key.text, now.milliseconds])
    guard let row else { return nil }
    guard let job = JobID(row["job_id"]) else {
      throw JobStoreError.corrupt("the idempotency key \(claim.key.text)")
    }
    return row["request_hash"] == claim.requestHash ? .replayed(job) : .payloadDiffers(job)
  }

  private func newJob(_ submission: Submission, _ now: Timestamp) -> Job {
    Job(
      id: .random(), owner: submission.owner, state: .queued, parameters: submission.parameters,
      seed: submission.seed, image: submission.image, mask: submission.mask, attempt: 0,
      maxAttempts: settings.maxAttempts, createdAt: now, runAt: now, startedAt: nil,
      finishedAt: nil, sequence: 0, cancelRequested: false, progress: nil, result: nil, error: nil,
      traceparent: submission.traceparent, webhook: submission.webhook)
  }

  /// - Parameter worker: is handed the job as soon as nothing but the disk can refuse it.
  func insert(
    _ job: Job, _ claim: IdempotencyClaim?, for worker: IdleWorker? = nil, _ now: Timestamp,
    _ db: Database
  ) throws -> Job {
    let blobs = [job.image, job.mask].compactMap(\.self)
    for blob in blobs { try requireStored(blob.hash, db) }
    let rank = settings.rank(createdAt: now, priority: job.parameters.priority)
    var row = JobRow(job, rank: rank)
    try row.record(.queued, now, db)
    if let worker {
      try row.advance(.claim, .claim(by: worker.id, lease: worker.lease, now), db)
      worker.hand(ClaimedJob(row))
    }
    for blob in blobs { try JobRow.use(blob, by: job.id, now, db) }
    try row.insert(db)
    if let claim { try remember(claim, row.job, now, db) }
    return row.job
  }

  private func remember(
    _ claim: IdempotencyClaim, _ job: Job, _ now: Timestamp, _ db: Database
  ) throws {
    let expiry = now + settings.idempotencyRetention
    try db.cachedStatement(
      sql: """
        INSERT OR REPLACE INTO idempotency (owner, key, request_hash, job_id, expires_at)
        VALUES (?, ?, ?, ?, ?)
        """
    ).execute(arguments: [
      job.owner, claim.key.text, claim.requestHash, job.id.text, expiry.milliseconds,
    ])
  }

  /// A 202 promises the pictures too: they are known, or were put a moment ago.
  func requireStored(_ hash: BlobHash, _ db: Database) throws {
    guard !blobs.wasPutRecently(hash) else { return }
    let isKnown = try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM blobs WHERE hash = ?)"),
      arguments: [hash.text])
    guard isKnown == true else { throw JobStoreError.blobMissing(hash) }
  }
}
