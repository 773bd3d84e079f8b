import GRDB
package import Jobs

extension SQLiteJobStore {
  package func register(_ id: String, description: JSONValue) async throws(JobStoreError) {
    let now = clock.now()
    try await database.relaxed { db in
      try db.execute(
        sql: "INSERT OR REPLACE INTO workers (id, description, last_seen) VALUES (?, ?, ?)",
        arguments: [id, try JSONText.encode(description), now.milliseconds])
    }
  }

  package func unregister(_ id: String) async throws(JobStoreError) {
    try await database.relaxed { db in
      try db.execute(sql: "DELETE FROM workers WHERE id = ?", arguments: [id])
    }
  }

  package func touch(_ id: String) async throws(JobStoreError) {
    let now = clock.now()
    try await database.relaxed { db in
      try db.execute(
        sql: "UPDATE workers SET last_seen = ? WHERE id = ?", arguments: [now.milliseconds, id])
    }
  }

  package func workers(
    seenWithin span: Duration
  ) async throws(JobStoreError) -> [WorkerRecord] {
    let limit = clock.now() - span
    return try await database.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM workers WHERE last_seen >= ? ORDER BY id",
        arguments: [limit.milliseconds]
      ).map { row in
        WorkerRecord(
          id: row["id"], description: try row.json(JSONValue.self, "description") ?? .null,
          lastSeen: Timestamp(milliseconds: row["last_seen"]))
      }
    }
  }

  package func claim(
    worker: String, lease span: Duration
  ) async throws(JobStoreError) -> ClaimedJob? {
    guard !isDraining.withLock({ $0 }) else { return nil }
    let claimed = try await database.relaxed { [self] db in
      try claimNext(worker, span, db)
    }
    if let claimed { announce(claimed.job) }
    return claimed
  }

  /// Found and taken under one write lock, so that no two workers ever get the same job.
  private func claimNext(
    _ worker: String, _ span: Duration, _ db: Database
  ) throws -> ClaimedJob? {
    let now = clock.now()
    let next = try JobRow.fetchAll(
      db,
      where: "\(Self.isClaimable) ORDER BY rank, rowid LIMIT 1", ["now": now.milliseconds])
    guard var row = next.first else { return nil }
    try row.transition(.claim, .claim(by: worker, lease: span, now), db)
    return ClaimedJob(row)
  }

  package func heartbeat(
    _ lease: Lease, for span: Duration
  ) async throws(JobStoreError) -> LeaseAnswer {
    let sql = """
      UPDATE jobs SET lease_until = ?, heartbeat_at = ?
      WHERE id = ? AND state = 'running' AND lease_token = ? RETURNING cancel_requested
      """
    let isCanceled = try await database.relaxed { [clock] db in
      // By the time of writing: a lease that waited for others to write is as long as any.
      let now = clock.now()
      return try Bool.fetchOne(
        db.cachedStatement(sql: sql),
        arguments: [
          (now + span).milliseconds, now.milliseconds, lease.job.text, lease.token,
        ])
    }
    guard let isCanceled else { return .lost }
    return isCanceled ? .cancelRequested : .held
  }

  package func report(
    _ progress: JobProgress, under lease: Lease
  ) async throws(JobStoreError) -> LeaseAnswer {
    let row = try await database.relaxed { [self] db in
      try advance(progress, lease, db)
    }
    guard let row else { return .lost }
    announce(row.job)
    return row.job.cancelRequested ? .cancelRequested : .held
  }

  private func advance(_ progress: JobProgress, _ lease: Lease, _ db: Database) throws -> Held? {
    guard var row = try JobRow.held(lease, db) else { return nil }
    let now = clock.now()
    for preview in progress.previews ?? [] {
      try requireStored(preview.image.hash, db)
      try JobRow.use(preview.image, by: row.job.id, now, db)
    }
    row.job.progress = progress
    try row.record(.progress(progress), now, db)
    try row.update(db)
    return Held(job: row.job)
  }

  package func finish(
    _ lease: Lease, _ outcome: Outcome
  ) async throws(JobStoreError) -> FinishAnswer {
    let (ends, end) = AsyncStream.makeStream(of: Job.self)
    // On the worker's thread, which waits anyway, so that it does not hold up the writer's.
    async let told: Void = { for await job in ends { notifier.endNears(job) } }()
    defer { end.finish() }
    let ended = try await database.durable { [self] db in
      let held = try self.end(lease, outcome, db)
      if let job = held?.job, job.state.isFinal { end.yield(job) }
      return held
    } onCommit: { [self] held in
      if let held { announce(held.job) }
    }
    end.finish()
    await told
    guard let ended else { return .lost }
    return .written(ended.job.state)
  }

  private func end(_ lease: Lease, _ outcome: Outcome, _ db: Database) throws -> Held? {
    guard var row = try JobRow.held(lease, db) else { return nil }
    var context = TransitionContext(now: clock.now())
    switch outcome {
    case .succeeded(let result):
      for blob in result.candidates.flatMap(\.blobs) { try requireStored(blob.hash, db) }
      context.result = result
      try row.transition(.succeed, context, db)
    case .failed(let error, let isTransient):
      try row.transition(.fail(error, isTransient: isTransient), context, db)
    case .stopped:
      try row.transition(.stopped, context, db)
    case .handedBack:
      try row.transition(.handBack, context, db)
    }
    return Held(job: row.job)
  }
}

extension ClaimedJob {
  init(_ row: JobRow) {
    self.init(job: row.job, lease: Lease(job: row.job.id, token: row.leaseToken))
  }
}

/// A job as its lease holder left it.
private struct Held: Sendable {
  let job: Job
}

extension JobRow {
  /// The row while `lease` is the one in force; `nil` says that it is lost.
  static func held(_ lease: Lease, _ db: Database) throws -> JobRow? {
    guard let row = try fetch(db, lease.job), row.job.state == .running,
      row.leaseToken == lease.token
    else { return nil }
    return row
  }
}
