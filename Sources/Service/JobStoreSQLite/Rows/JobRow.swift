import GRDB
import Jobs

/// A job with what only its keeper knows: the lease, the place in the queue, the time it was
/// taken away.
struct JobRow {
  var job: Job
  var leaseToken: Int64
  var leaseOwner: String?
  var leaseUntil: Timestamp?
  let rank: Int64
  let goneAt: Timestamp?

  var lookup: JobLookup { goneAt == nil ? .found(job) : .gone(owner: job.owner) }

  /// Throws `corrupt` when a column does not hold what was written there.
  init(_ row: Row) throws {
    leaseToken = row["lease_token"]
    leaseOwner = row["lease_owner"]
    leaseUntil = row.moment("lease_until")
    rank = row["rank"]
    goneAt = row.moment("gone_at")
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
  static func fetch(_ db: Database, _ id: JobID) throws -> JobRow? {
    try Row.fetchOne(
      db.cachedStatement(sql: "SELECT * FROM jobs WHERE id = ?"), arguments: [id.text]
    ).map(JobRow.init)
  }

  static func fetchAll(
    _ db: Database, where condition: String, _ arguments: StatementArguments
  ) throws -> [JobRow] {
    try Row.fetchAll(
      db.cachedStatement(sql: "SELECT * FROM jobs WHERE \(condition)"), arguments: arguments
    ).map(JobRow.init)
  }

  func insert(_ db: Database) throws {
    try db.cachedStatement(sql: Self.insertion)
      .execute(arguments: StatementArguments(try changing().merging(unchanging()) { $1 }))
  }

  func update(_ db: Database) throws {
    try db.cachedStatement(sql: Self.change).execute(arguments: StatementArguments(changing()))
  }

  /// Columns that stay as they were inserted.
  private static let fixed: Set = [
    "id", "owner", "parameters", "seed", "image", "mask", "deadline_at", "traceparent",
    "created_at", "webhook",
  ]
  private static let columns = [
    "id", "owner", "state", "rank", "run_at", "attempt", "max_attempts", "lease_token",
    "lease_owner", "lease_until", "deadline_at", "cancel_requested", "parameters", "seed", "image",
    "mask", "sequence", "progress", "result", "error", "traceparent", "created_at", "started_at",
    "finished_at", "webhook",
  ]

  private static let insertion: String = {
    let marks = columns.map { ":" + $0 }.joined(separator: ", ")
    return "INSERT INTO jobs (\(columns.joined(separator: ", "))) VALUES (\(marks))"
  }()

  private static let change: String = {
    let assignments = columns.filter { !fixed.contains($0) }.map { "\($0) = :\($0)" }
    return "UPDATE jobs SET \(assignments.joined(separator: ", ")) WHERE id = :id"
  }()

  private typealias Arguments = [String: (any DatabaseValueConvertible)?]

  private func unchanging() throws -> Arguments {
    [
      "owner": job.owner, "parameters": try Self.memo.encode(job.parameters),
      "seed": Int64(job.seed), "image": try Self.memo.encode(job.image),
      "mask": try job.mask.map(Self.memo.encode), "deadline_at": job.deadline?.milliseconds,
      "traceparent": job.traceparent, "created_at": job.createdAt.milliseconds,
      "webhook": try job.webhook.map(Self.memo.encode),
    ]
  }

  private func changing() throws -> Arguments {
    [
      "id": job.id.text, "state": job.state.rawValue, "rank": rank,
      "run_at": job.runAt.milliseconds, "attempt": job.attempt, "max_attempts": job.maxAttempts,
      "lease_token": leaseToken, "lease_owner": leaseOwner,
      "lease_until": leaseUntil?.milliseconds, "cancel_requested": job.cancelRequested,
      "sequence": job.sequence, "progress": try job.progress.map(Self.memo.encode),
      "result": try job.result.map(Self.memo.encode), "error": try job.error.map(Self.memo.encode),
      "started_at": job.startedAt?.milliseconds, "finished_at": job.finishedAt?.milliseconds,
    ]
  }

  /// Of all stores of the process; texts are the same everywhere.
  fileprivate static let memo = JSONMemo()
}

extension Job {
  fileprivate init(_ row: Row) throws {
    let text: String = row["id"]
    guard let id = JobID(text), let state = JobState(rawValue: row["state"]),
      let image = try row.json(BlobReference.self, "image"),
      let parameters = try row.json(EditParameters.self, "parameters")
    else { throw JobStoreError.corrupt("the row of job \(text)") }
    self.init(
      id: id, owner: row["owner"], state: state, parameters: parameters,
      seed: UInt32(truncatingIfNeeded: row["seed"] as Int64), image: image,
      mask: try row.json(BlobReference.self, "mask"), attempt: row["attempt"],
      maxAttempts: row["max_attempts"],
      createdAt: Timestamp(milliseconds: row["created_at"]),
      runAt: Timestamp(milliseconds: row["run_at"]), startedAt: row.moment("started_at"),
      finishedAt: row.moment("finished_at"), sequence: row["sequence"],
      cancelRequested: row["cancel_requested"],
      progress: try row.json(JobProgress.self, "progress"),
      result: try row.json(JobResult.self, "result"), error: try row.json(JobError.self, "error"),
      traceparent: row["traceparent"],
      webhook: try row.json(WebhookSubscription.self, "webhook"))
  }
}

extension Row {
  func moment(_ column: String) -> Timestamp? {
    (self[column] as Int64?).map { Timestamp(milliseconds: $0) }
  }

  func json<Value: Decodable & Sendable>(
    _ type: Value.Type, _ column: String
  ) throws -> Value? {
    try (self[column] as String?).map { try JobRow.memo.decode(type, from: $0) }
  }
}
