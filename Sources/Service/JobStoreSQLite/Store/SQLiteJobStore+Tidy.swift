import GRDB
package import Jobs

extension SQLiteJobStore {
  /// Rows that one round ends or removes at most, so that no round holds the lock for long.
  private static let batch = 500

  package func tidy() async throws(JobStoreError) -> TidyReport {
    let now = clock.now()
    let oldPuts = blobs.takeOldPuts(putGrace)
    let round = try await database.durable { [self] db in
      try tidy(now, oldPuts, db)
    }
    round.changed.forEach(announce)
    var report = round.report
    report.blobsRemoved = try await blobs.remove(round.orphans)
    return report
  }

  private struct Round: Sendable {
    var report = TidyReport()
    var changed: [Job] = []
    var orphans: [BlobHash] = []
  }

  private func tidy(_ now: Timestamp, _ oldPuts: [BlobHash], _ db: Database) throws -> Round {
    var round = Round()
    let lost = try end("state = 'running' AND lease_until < ?", .leaseExpired, now, db)
    let late = try end("state = 'queued' AND deadline_at <= ?", .deadlinePassed, now, db)
    round.changed = lost + late
    round.report.leasesExpired = lost.count
    round.report.jobsExpired = late.count
    round.report.jobsGone = try takeOutlived(now, db)
    round.report.jobsGone += try keepQuota(now, db)
    try db.execute(
      sql: "DELETE FROM idempotency WHERE expires_at <= ?", arguments: [now.milliseconds])
    try forget(now, db)
    round.orphans = try removeOrphans(oldPuts, db)
    return round
  }

  /// Sends every job that meets the condition through the state machine.
  private func end(
    _ condition: String, _ event: JobMachine.Event, _ now: Timestamp, _ db: Database
  ) throws -> [Job] {
    var rows = try JobRow.fetchAll(
      db, where: "\(condition) LIMIT \(Self.batch)", [now.milliseconds])
    for index in rows.indices {
      try rows[index].transition(event, TransitionContext(now: now), db)
    }
    return rows.map(\.job)
  }

  private func takeOutlived(_ now: Timestamp, _ db: Database) throws -> Int {
    let limit = (now - settings.resultRetention).milliseconds
    return try Self.takeAway(
      "finished_at <= ? AND gone_at IS NULL LIMIT \(Self.batch)", [limit], now, db)
  }

  /// Jobs that meet the condition become gone: what they asked and made is erased, the id is kept.
  ///
  /// Answers how many. Their pictures go with the next round of upkeep.
  static func takeAway(
    _ condition: String, _ arguments: StatementArguments, _ now: Timestamp, _ db: Database
  ) throws -> Int {
    let ids = try String.fetchAll(
      db,
      sql: """
        UPDATE jobs SET gone_at = ?, parameters = '{}', progress = NULL, result = NULL, error = NULL,
          webhook = NULL
        WHERE id IN (SELECT id FROM jobs WHERE \(condition))
        RETURNING id
        """,
      arguments: [now.milliseconds] + arguments)
    for id in ids {
      try db.execute(sql: "DELETE FROM job_events WHERE job_id = ?", arguments: [id])
      try db.execute(sql: "DELETE FROM blob_uses WHERE job_id = ?", arguments: [id])
      try db.execute(sql: "DELETE FROM webhook_outbox WHERE job_id = ?", arguments: [id])
    }
    return ids.count
  }

  private func forget(_ now: Timestamp, _ db: Database) throws {
    let limit = (now - settings.goneRetention).milliseconds
    try db.execute(sql: "DELETE FROM jobs WHERE gone_at <= ?", arguments: [limit])
  }

  /// Blobs that no job uses any more, and those put long ago that none ever came to use.
  ///
  /// The rows go first: should the process die before the files do, the next start sweeps them.
  private func removeOrphans(_ oldPuts: [BlobHash], _ db: Database) throws -> [BlobHash] {
    let unused = try String.fetchAll(
      db,
      sql: """
        DELETE FROM blobs WHERE NOT EXISTS (
          SELECT 1 FROM blob_uses WHERE blob_uses.hash = blobs.hash) RETURNING hash
        """)
    let neverUsed = try oldPuts.filter { hash in
      try Bool.fetchOne(
        db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM blobs WHERE hash = ?)"),
        arguments: [hash.text]) == false
    }
    return Array(Set(unused.compactMap(BlobHash.init)).union(neverUsed))
  }
}
