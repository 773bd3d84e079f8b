import Jobs

/// A quota counts the pictures that jobs use; what the database takes beside them is the disk's.
extension PostgresJobStore {
  /// Ended jobs that are taken away at a time while room is made.
  private static let evictions = 16

  /// How long a stored picture may wait for a job: shorter under a quota, which refused submissions
  /// would else exceed so long.
  var putGrace: Duration {
    let settings = settings
    return settings.quota == nil ? settings.blobGrace : min(settings.blobGrace, .seconds(60))
  }

  /// Takes the oldest ended jobs away until the submission's pictures fit under the quota; under one,
  /// submissions of all processes go one by one.
  ///
  /// Throws `quotaExceeded`, and takes nothing away, where what waits and runs leaves no room.
  func makeRoom(for submission: Submission, _ transaction: JobTransaction) async throws {
    guard let quota = settings.quota else { return }
    try await transaction.query("SELECT pg_advisory_xact_lock(7310579485)")
    let pictures = [submission.image, submission.mask].compactMap(\.self)
    let used = try await transaction.query(
      "SELECT DISTINCT hash FROM blob_uses WHERE hash = ANY($1)",
      [.texts(pictures.map(\.hash.text))])
    let known = Set(used.compactMap { $0.text("hash") })
    let needed = Set(pictures).filter { !known.contains($0.hash.text) }
      .reduce(0) { $0 + $1.byteCount }
    guard try await Self.bytes(Self.unended, transaction) + needed <= quota else {
      throw JobStoreError.quotaExceeded(limit: quota)
    }
    _ = try await evict(until: quota - needed, transaction)
    guard try await Self.bytes(Self.used, transaction) + needed <= quota else {
      throw JobStoreError.quotaExceeded(limit: quota)
    }
  }

  /// Takes the oldest ended jobs away while results stand above the quota; answers how many.
  func keepQuota(_ transaction: JobTransaction) async throws -> Int {
    guard let quota = settings.quota else { return 0 }
    return try await evict(until: quota, transaction)
  }

  private func evict(until limit: Int, _ transaction: JobTransaction) async throws -> Int {
    var count = 0
    while try await Self.bytes(Self.used, transaction) > limit {
      let taken = try await takeAway(
        """
        finished_at IS NOT NULL AND gone_at IS NULL ORDER BY finished_at LIMIT \(Self.evictions)
        """, [], transaction)
      if taken == 0 { break }
      count += taken
    }
    return count
  }

  private static let used = "SELECT hash FROM blob_uses"
  /// What no eviction frees.
  private static let unended = """
    SELECT hash FROM blob_uses JOIN jobs ON jobs.id = blob_uses.job_id
    WHERE jobs.state IN ('queued', 'running')
    """

  /// Bytes of the pictures whose hashes a query answers; O(pictures).
  private static func bytes(_ hashes: String, _ transaction: JobTransaction) async throws -> Int {
    let rows = try await transaction.query(
      """
      SELECT coalesce(sum(byte_count), 0)::bigint AS total FROM blobs WHERE hash IN (\(hashes))
      """)
    return Int(rows.first?.integer("total") ?? 0)
  }
}
