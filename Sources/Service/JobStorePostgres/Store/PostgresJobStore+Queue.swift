package import Jobs

extension PostgresJobStore {
  package func queuePosition(of id: JobID) async throws(JobStoreError) -> Int? {
    let rows = try await database.read(
      """
      SELECT count(*) AS place FROM jobs AS ahead, jobs AS own
      WHERE own.id = $1 AND own.state = 'queued' AND ahead.state = 'queued'
        AND (ahead.rank, ahead.number) <= (own.rank, own.number)
      """, [.text(id.text)])
    // The job itself is counted, so 0 says that it does not wait.
    guard let place = rows.first?.integer("place"), place > 0 else { return nil }
    return Int(place - 1)
  }

  package func statistics() async throws(JobStoreError) -> QueueStatistics {
    let rows = try await database.read(Self.statistics(now: database.now))
    return Self.statistics(rows, limit: settings.queueLimit)
  }

  static let queueLength = "SELECT count(*) AS queued FROM jobs WHERE state = 'queued'"

  /// The mean is taken over the latest 32 successes that are still kept.
  static func statistics(now: String) -> String {
    """
    SELECT (SELECT count(*) FROM jobs WHERE state = 'queued') AS queued,
      (SELECT count(*) FROM jobs WHERE state = 'running') AS running,
      \(now) - (SELECT min(created_at) FROM jobs WHERE state = 'queued') AS age,
      (SELECT avg(finished_at - started_at)::double precision / 1000 FROM (
        SELECT finished_at, started_at FROM jobs
        WHERE finished_at IS NOT NULL AND gone_at IS NULL AND state = 'succeeded'
        ORDER BY finished_at DESC LIMIT 32) AS recent) AS mean
    """
  }

  static func statistics(_ rows: [PostgresRow], limit: Int) -> QueueStatistics {
    QueueStatistics(
      queued: Int(rows.first?.integer("queued") ?? 0),
      running: Int(rows.first?.integer("running") ?? 0),
      oldestQueuedSeconds: Double(max(0, rows.first?.integer("age") ?? 0)) / 1000,
      meanServiceSeconds: rows.first?.number("mean"), limit: limit)
  }

  /// Hands nothing over: who accepts and who works are different processes.
  package func waitForJob(
    worker id: String, lease: Duration, timeout: Duration
  ) async -> ClaimedJob? {
    await notifier.waitForJob(
      worker: id, lease: lease, timeout: timeout, unless: hasClaimable)
  }

  private func hasClaimable() async -> Bool {
    guard !isDraining.withLock({ $0 }) else { return false }
    let sql = "SELECT 1 FROM jobs WHERE \(Self.isClaimable(now: database.now)) LIMIT 1"
    let found = try? await database.read(sql)
    return found?.isEmpty == false
  }

  static func isClaimable(now: String) -> String {
    "state = 'queued' AND run_at <= \(now) AND (deadline_at IS NULL OR deadline_at > \(now))"
  }
}
