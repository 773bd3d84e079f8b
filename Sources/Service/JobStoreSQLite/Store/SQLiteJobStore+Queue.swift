import GRDB
package import Jobs

extension SQLiteJobStore {
  package func queuePosition(of id: JobID) async throws(JobStoreError) -> Int? {
    let sql = """
      SELECT count(*) FROM jobs AS ahead, jobs AS own
      WHERE own.id = ? AND own.state = 'queued' AND ahead.state = 'queued'
        AND (ahead.rank, ahead.rowid) <= (own.rank, own.rowid)
      """
    let place = try await database.read { db in
      try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [id.text])
    }
    // The job itself is counted, so 0 says that it does not wait.
    guard let place, place > 0 else { return nil }
    return place - 1
  }

  package func statistics() async throws(JobStoreError) -> QueueStatistics {
    try await database.read { [self] db in try queueStatistics(clock.now(), db) }
  }

  static func queueLength(_ db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(sql: "SELECT count(*) FROM jobs WHERE state = 'queued'")) ?? 0
  }

  /// Jobs of an owner that wait or run; counted in an index that holds no others.
  static func inFlight(of owner: String, _ db: Database) throws -> Int {
    let sql = "SELECT count(*) FROM jobs WHERE owner = ? AND state IN ('queued', 'running')"
    return try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [owner]) ?? 0
  }

  func queueStatistics(_ now: Timestamp, _ db: Database) throws -> QueueStatistics {
    let running = try Int.fetchOne(
      db.cachedStatement(sql: "SELECT count(*) FROM jobs WHERE state = 'running'"))
    let oldest = try Int64.fetchOne(
      db.cachedStatement(sql: "SELECT min(created_at) FROM jobs WHERE state = 'queued'"))
    let age = oldest.map { now.seconds(since: Timestamp(milliseconds: $0)) } ?? 0
    return QueueStatistics(
      queued: try Self.queueLength(db), running: running ?? 0, oldestQueuedSeconds: max(0, age),
      meanServiceSeconds: try Self.meanServiceSeconds(db), limit: settings.queueLimit)
  }

  /// Over the latest 32 successes that are still kept.
  private static func meanServiceSeconds(_ db: Database) throws -> Double? {
    let sql = """
      SELECT avg(finished_at - started_at) / 1000.0 FROM (
        SELECT finished_at, started_at FROM jobs
        WHERE finished_at IS NOT NULL AND gone_at IS NULL AND state = 'succeeded'
        ORDER BY finished_at DESC LIMIT 32)
      """
    return try Double.fetchOne(db.cachedStatement(sql: sql))
  }

  package func waitForJob(
    worker id: String, lease: Duration, timeout: Duration
  ) async -> ClaimedJob? {
    await notifier.waitForJob(
      worker: id, lease: lease, timeout: timeout, unless: hasClaimable)
  }

  private func hasClaimable() async -> Bool {
    guard !isDraining.withLock({ $0 }) else { return false }
    let now = clock.now().milliseconds
    let sql = "SELECT EXISTS (SELECT 1 FROM jobs WHERE \(Self.isClaimable))"
    let found = try? await database.read { db in
      try Bool.fetchOne(db.cachedStatement(sql: sql), arguments: ["now": now])
    }
    return found == true
  }

  static let isClaimable = """
    state = 'queued' AND run_at <= :now AND (deadline_at IS NULL OR deadline_at > :now)
    """
}
