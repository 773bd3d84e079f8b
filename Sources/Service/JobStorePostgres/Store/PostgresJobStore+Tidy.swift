package import Jobs

extension PostgresJobStore {
  /// Rows that one round ends or removes at most, so that no round holds locks for long.
  private static let batch = 500
  /// A worker silent for so long is forgotten.
  private static let workerMemory = Duration.seconds(86400)

  /// Any process may do this at any time; while one is at it the others answer an empty report.
  package func tidy() async throws(JobStoreError) -> TidyReport {
    let round = try await database.write { [self] transaction in
      try await tidy(transaction)
    }
    round.changed.forEach(announce)
    return round.report
  }

  private struct Round: Sendable {
    var report = TidyReport()
    var changed: [Job] = []
  }

  private func tidy(_ transaction: JobTransaction) async throws -> Round {
    var round = Round()
    let turn = try await transaction.query(
      "SELECT pg_try_advisory_xact_lock(7310579484) AS is_ours")
    guard turn.first?.boolean("is_ours") == true else { return round }
    let lost = try await end("state = 'running' AND lease_until < $1", .leaseExpired, transaction)
    let late = try await end("state = 'queued' AND deadline_at <= $1", .deadlinePassed, transaction)
    round.changed = lost + late
    try await noteEnds(transaction)
    round.report.leasesExpired = lost.count
    round.report.jobsExpired = late.count
    round.report.jobsGone = try await takeAway(
      "finished_at <= $2 AND gone_at IS NULL LIMIT \(Self.batch)",
      [.integer((transaction.now - settings.resultRetention).milliseconds)], transaction)
    round.report.jobsGone += try await keepQuota(transaction)
    try await forget(transaction)
    round.report.blobsRemoved = try await removeOrphans(transaction)
    return round
  }

  /// Sends every job that meets the condition through the state machine.
  private func end(
    _ condition: String, _ event: JobMachine.Event, _ transaction: JobTransaction
  ) async throws -> [Job] {
    let found = try await transaction.query(
      "\(JobRow.selected) WHERE \(condition) LIMIT \(Self.batch) FOR UPDATE SKIP LOCKED",
      [.integer(transaction.now.milliseconds)])
    var jobs: [Job] = []
    for var row in try found.map(JobRow.init) {
      try await row.transition(event, transaction)
      jobs.append(row.job)
    }
    return jobs
  }

  /// Jobs become gone: what they asked and made is erased, the id is kept.
  ///
  /// - Parameters:
  ///   - condition: which ones, at most how many and, maybe, in which order; its values begin at `$2`.
  func takeAway(
    _ condition: String, _ values: [PostgresValue], _ transaction: JobTransaction
  ) async throws -> Int {
    let rows = try await transaction.query(
      """
      UPDATE jobs SET gone_at = $1, parameters = '{}', progress = NULL, result = NULL,
        error = NULL, webhook = NULL
      WHERE id IN (SELECT id FROM jobs WHERE \(condition) FOR UPDATE SKIP LOCKED)
      RETURNING id
      """,
      [.integer(transaction.now.milliseconds)] + values)
    let ids = PostgresValue.texts(rows.compactMap { $0.text("id") })
    try await transaction.query("DELETE FROM job_events WHERE job_id = ANY($1)", [ids])
    try await transaction.query("DELETE FROM blob_uses WHERE job_id = ANY($1)", [ids])
    try await transaction.query("DELETE FROM webhook_outbox WHERE job_id = ANY($1)", [ids])
    return rows.count
  }

  private func forget(_ transaction: JobTransaction) async throws {
    let now = transaction.now
    try await transaction.query(
      "DELETE FROM idempotency WHERE expires_at <= $1", [.integer(now.milliseconds)])
    try await transaction.query(
      "DELETE FROM jobs WHERE gone_at <= $1",
      [.integer((now - settings.goneRetention).milliseconds)])
    // Programs of an older version end jobs and leave what they had kept.
    try await transaction.query(
      """
      DELETE FROM job_checkpoints WHERE NOT EXISTS (
        SELECT 1 FROM jobs WHERE id = job_id AND state IN ('queued', 'running'))
      """)
    try await transaction.query(
      "DELETE FROM workers WHERE last_seen <= $1",
      [.integer((now - Self.workerMemory).milliseconds)])
  }

  /// Blobs that no job uses and that were put longer ago than the grace.
  ///
  /// Locked first and looked at again after: a job that came to use one held it until its commit.
  private func removeOrphans(_ transaction: JobTransaction) async throws -> Int {
    let limit = PostgresValue.integer((transaction.now - putGrace).milliseconds)
    let isOrphan = """
      put_at <= $1
      AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.hash = blobs.hash)
      """
    let found = try await transaction.query(
      "SELECT hash FROM blobs WHERE \(isOrphan) LIMIT \(Self.batch) FOR UPDATE SKIP LOCKED",
      [limit])
    let removed = try await transaction.query(
      "DELETE FROM blobs WHERE hash = ANY($2) AND \(isOrphan) RETURNING hash",
      [limit, .texts(found.compactMap { $0.text("hash") })])
    return removed.count
  }
}
