import GRDB
package import Jobs

/// How an ended job was submitted again.
package enum RetryOutcome: Sendable, Hashable {
  /// A new job with the old one's parameters, seed and pictures.
  case accepted(Job)
  /// Only jobs that failed, were canceled or expired are tried again.
  case notRetryable(JobState)
  case gone
  case unknown
}

/// What a purge takes away, or would.
package struct PurgeReport: Sendable, Hashable {
  package var jobs = 0
  /// Of pictures that no other job uses.
  package var bytes = 0

  package init() {}
}

extension SQLiteJobStore {
  /// Submits a job again that failed, was canceled or expired.
  ///
  /// A deadline that has passed is dropped, and neither queue limit nor quota stands in the way: a
  /// person asked for this one.
  package func retry(_ id: JobID) async throws(JobStoreError) -> RetryOutcome {
    let outcome = try await database.durable { [self] db in
      try retry(id, db)
    }
    if case .accepted(let job) = outcome { announce(job) }
    return outcome
  }

  private func retry(_ id: JobID, _ db: Database) throws -> RetryOutcome {
    guard let row = try JobRow.fetch(db, id) else { return .unknown }
    guard row.goneAt == nil else { return .gone }
    let old = row.job
    guard [.failed, .canceled, .expired].contains(old.state) else {
      return .notRetryable(old.state)
    }
    let now = clock.now()
    var parameters = old.parameters
    if let deadline = parameters.deadline, deadline <= now { parameters.deadline = nil }
    let job = Job(
      id: .random(), owner: old.owner, state: .queued, parameters: parameters, seed: old.seed,
      image: old.image, mask: old.mask, attempt: 0, maxAttempts: old.maxAttempts, createdAt: now,
      runAt: now, startedAt: nil, finishedAt: nil, sequence: 0, cancelRequested: false,
      progress: nil, result: nil, error: nil, traceparent: nil, webhook: old.webhook)
    return .accepted(try insert(job, nil, now, db))
  }

  /// Takes away jobs that ended before `limit`; a dry run only counts them.
  ///
  /// Their pictures go with the next round of upkeep of the process that holds the directory.
  package func purge(
    endedBefore limit: Timestamp, states: Set<JobState>, isDryRun: Bool
  ) async throws(JobStoreError) -> PurgeReport {
    let names = states.filter(\.isFinal).map { "'\($0.rawValue)'" }.sorted()
    let condition = """
      finished_at <= ? AND gone_at IS NULL AND state IN (\(names.joined(separator: ", ")))
      """
    let arguments: StatementArguments = [limit.milliseconds]
    if isDryRun {
      return try await database.read { db in try Self.doomed(condition, arguments, db) }
    }
    let now = clock.now()
    return try await database.durable { db in
      let report = try Self.doomed(condition, arguments, db)
      _ = try Self.takeAway(condition, arguments, now, db)
      return report
    }
  }

  private static func doomed(
    _ condition: String, _ arguments: StatementArguments, _ db: Database
  ) throws -> PurgeReport {
    var report = PurgeReport()
    report.jobs =
      try Int.fetchOne(
        db, sql: "SELECT count(*) FROM jobs WHERE \(condition)", arguments: arguments) ?? 0
    report.bytes =
      try Int.fetchOne(
        db,
        sql: """
          WITH doomed AS (SELECT id FROM jobs WHERE \(condition))
          SELECT coalesce(sum(byte_count), 0) FROM blobs
          WHERE hash IN (SELECT hash FROM blob_uses WHERE job_id IN doomed)
            AND hash NOT IN (SELECT hash FROM blob_uses WHERE job_id NOT IN doomed)
          """, arguments: arguments) ?? 0
    return report
  }
}
