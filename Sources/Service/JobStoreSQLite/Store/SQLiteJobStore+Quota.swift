import GRDB
import Jobs

extension SQLiteJobStore {
  /// Ended jobs that are taken away at a time while room is made.
  private static let evictions = 16

  /// How long a stored picture may wait for a job: shorter under a quota, which every picture that
  /// was evicted right after it came would else exceed so long.
  var putGrace: Duration {
    let settings = settings
    return settings.quota == nil ? settings.blobGrace : min(settings.blobGrace, .seconds(60))
  }

  /// Takes the oldest ended jobs away until the submission's pictures fit under the quota.
  ///
  /// Throws `quotaExceeded`, and takes nothing away, where what waits and runs leaves no room.
  func makeRoom(for submission: Submission, _ now: Timestamp, _ db: Database) throws {
    guard let quota = settings.quota else { return }
    var needed = 0
    for blob in Set([submission.image, submission.mask].compactMap(\.self))
    where try !Self.isUsed(blob.hash, db) {
      needed += blob.byteCount
    }
    guard try Self.unendedBytes(db) + needed <= quota else {
      throw JobStoreError.quotaExceeded(limit: quota)
    }
    _ = try evict(until: quota - needed, now, db)
    guard try Self.storedBytes(db) + needed <= quota else {
      throw JobStoreError.quotaExceeded(limit: quota)
    }
  }

  /// Takes the oldest ended jobs away while results stand above the quota; answers how many.
  func keepQuota(_ now: Timestamp, _ db: Database) throws -> Int {
    guard let quota = settings.quota else { return 0 }
    return try evict(until: quota, now, db)
  }

  /// Removes the pictures of a refused submission, unless a job came to use them meanwhile.
  func discard(_ submission: Submission) async throws(JobStoreError) {
    let orphans = try await database.durable { [self] db in
      // On the lane of all writes: nobody else's submission is between its check and its commit.
      let unused = try [submission.image, submission.mask].compactMap(\.self).map(\.hash)
        .filter { try !Self.isUsed($0, db) }
      unused.forEach(blobs.forgetPut)
      return unused
    }
    _ = try await blobs.remove(orphans)
  }

  private func evict(until limit: Int, _ now: Timestamp, _ db: Database) throws -> Int {
    var count = 0
    while try Self.storedBytes(db) > limit {
      let taken = try Self.takeAway(
        """
        finished_at IS NOT NULL AND gone_at IS NULL ORDER BY finished_at LIMIT \(Self.evictions)
        """, [], now, db)
      if taken == 0 { break }
      count += taken
    }
    return count
  }

  private static func isUsed(_ hash: BlobHash, _ db: Database) throws -> Bool {
    try Bool.fetchOne(
      db.cachedStatement(sql: "SELECT EXISTS (SELECT 1 FROM blob_uses WHERE hash = ?)"),
      arguments: [hash.text]) == true
  }

  /// Bytes of the pictures that jobs use and of the database's pages in use.
  ///
  /// O(pictures).
  static func storedBytes(_ db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT coalesce(sum(byte_count), 0) FROM blobs
          WHERE EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.hash = blobs.hash)
          """)
    ).map { try $0 + databaseBytes(db) } ?? 0
  }

  /// Bytes that no eviction frees: pictures of jobs that have not ended, and the database.
  private static func unendedBytes(_ db: Database) throws -> Int {
    try Int.fetchOne(
      db.cachedStatement(
        sql: """
          SELECT coalesce(sum(byte_count), 0) FROM blobs WHERE hash IN (
            SELECT hash FROM blob_uses WHERE job_id IN (
              SELECT id FROM jobs WHERE state = 'queued'
              UNION ALL SELECT id FROM jobs WHERE state = 'running'))
          """)
    ).map { try $0 + databaseBytes(db) } ?? 0
  }

  private static func databaseBytes(_ db: Database) throws -> Int {
    func pragma(_ name: String) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA \(name)") ?? 0 }
    return try (pragma("page_count") - pragma("freelist_count")) * pragma("page_size")
  }
}
