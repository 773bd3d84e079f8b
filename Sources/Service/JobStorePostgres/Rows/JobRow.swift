import Jobs

/// A job with what only its keeper knows: the lease, the place in the queue, the time it was
/// taken away.
struct JobRow: Sendable {
  var job: Job
  var leaseToken: Int64
  var leaseOwner: String?
  var leaseUntil: Timestamp?
  let rank: Int64
  let goneAt: Timestamp?
  /// Whether the outbox has the job's end; an older program that ended it left that undone.
  var isEndNoted = false

  var lookup: JobLookup { goneAt == nil ? .found(job) : .gone(owner: job.owner) }

  /// Throws `corrupt` when a column does not hold what was written there.
  init(_ row: PostgresRow) throws {
    leaseToken = try row.required("lease_token", PostgresRow.integer)
    leaseOwner = row.text("lease_owner")
    leaseUntil = row.moment("lease_until")
    rank = try row.required("rank", PostgresRow.integer)
    goneAt = row.moment("gone_at")
    isEndNoted = row.boolean("webhook_noted") == true
    job = try Job(row)
  }

  /// Of a job just accepted.
  init(_ job: Job, rank: Int64) {
    self.job = job
    self.rank = rank
    leaseToken = 0
    goneAt = nil
  }
}

extension JobRow {
  /// Every column by name: a newer version may have added others.
  static let selected = "SELECT \(columns.joined(separator: ", ")), gone_at FROM jobs"

  /// The row, locked until the transaction ends.
  static func locked(_ transaction: JobTransaction, _ id: JobID) async throws -> JobRow? {
    try await transaction.query("\(selected) WHERE id = $1 FOR UPDATE", [.text(id.text)])
      .first.map(JobRow.init)
  }

  func insert(_ transaction: JobTransaction) async throws {
    let marks = (1...Self.columns.count).map { "$\($0)" }.joined(separator: ", ")
    try await transaction.query(
      "INSERT INTO jobs (\(Self.columns.joined(separator: ", "))) VALUES (\(marks))",
      try values())
    transaction.notify(job)
  }

  func update(_ transaction: JobTransaction) async throws {
    let columns = Self.columns.enumerated().dropFirst().map { "\($1) = $\($0 + 1)" }
    try await transaction.query(
      "UPDATE jobs SET \(columns.joined(separator: ", ")) WHERE id = $1", try values())
    transaction.notify(job)
  }

  private static let columns = [
    "id", "owner", "state", "rank", "run_at", "attempt", "max_attempts", "lease_token",
    "lease_owner", "lease_until", "deadline_at", "cancel_requested", "parameters", "seed", "image",
    "mask", "sequence", "progress", "result", "error", "traceparent", "created_at", "started_at",
    "finished_at", "webhook", "webhook_noted",
  ]

  /// In the order of `columns`.
  private func values() throws -> [PostgresValue] {
    [
      .text(job.id.text), .text(job.owner), .text(job.state.rawValue), .integer(rank),
      .integer(job.runAt.milliseconds), .integer(Int64(job.attempt)),
      .integer(Int64(job.maxAttempts)), .integer(leaseToken), .text(leaseOwner),
      .integer(leaseUntil?.milliseconds), .integer(job.deadline?.milliseconds),
      .boolean(job.cancelRequested), .text(try JSONText.encode(job.parameters)),
      .integer(Int64(job.seed)), .text(try JSONText.encode(job.image)),
      .text(try job.mask.map(JSONText.encode)), .integer(job.sequence),
      .text(try job.progress.map(JSONText.encode)), .text(try job.result.map(JSONText.encode)),
      .text(try job.error.map(JSONText.encode)), .text(job.traceparent),
      .integer(job.createdAt.milliseconds), .integer(job.startedAt?.milliseconds),
      .integer(job.finishedAt?.milliseconds), .text(try job.webhook.map(JSONText.encode)),
      .boolean(isEndNoted),
    ]
  }
}

extension Job {
  fileprivate init(_ row: PostgresRow) throws {
    let text: String = try row.required("id", PostgresRow.text)
    guard let id = JobID(text), let state = row.text("state").flatMap(JobState.init),
      let image = try row.json(BlobReference.self, "image"),
      let parameters = try row.json(EditParameters.self, "parameters")
    else { throw JobStoreError.corrupt("the row of job \(text)") }
    self.init(
      id: id, owner: try row.required("owner", PostgresRow.text), state: state,
      parameters: parameters,
      seed: UInt32(truncatingIfNeeded: try row.required("seed", PostgresRow.integer)), image: image,
      mask: try row.json(BlobReference.self, "mask"),
      attempt: Int(try row.required("attempt", PostgresRow.integer)),
      maxAttempts: Int(try row.required("max_attempts", PostgresRow.integer)),
      createdAt: try row.required("created_at", PostgresRow.moment),
      runAt: try row.required("run_at", PostgresRow.moment), startedAt: row.moment("started_at"),
      finishedAt: row.moment("finished_at"),
      sequence: try row.required("sequence", PostgresRow.integer),
      cancelRequested: try row.required("cancel_requested", PostgresRow.boolean),
      progress: try row.json(JobProgress.self, "progress"),
      result: try row.json(JobResult.self, "result"), error: try row.json(JobError.self, "error"),
      traceparent: row.text("traceparent"),
      webhook: try row.json(WebhookSubscription.self, "webhook"))
  }
}
