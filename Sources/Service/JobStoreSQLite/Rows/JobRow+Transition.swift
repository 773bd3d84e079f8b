import GRDB
import Jobs

/// What a transition needs beside its event.
struct TransitionContext {
  let now: Timestamp
  /// For a claim: who takes the job, and until when.
  var leaseOwner: String?
  var leaseUntil: Timestamp?
  /// For a success.
  var result: JobResult?

  init(now: Timestamp) {
    self.now = now
  }

  static func claim(by worker: String, lease: Duration, _ now: Timestamp) -> TransitionContext {
    var context = TransitionContext(now: now)
    context.leaseOwner = worker
    context.leaseUntil = now + lease
    return context
  }
}

extension JobRow {
  /// Asks the state machine, performs its actions and writes row and events.
  ///
  /// Throws `JobMachine.Refusal`, and then nothing was written.
  mutating func transition(
    _ event: JobMachine.Event, _ context: TransitionContext, _ db: Database
  ) throws {
    try advance(event, context, db)
    try update(db)
  }

  /// The same for a row that is still to be written.
  mutating func advance(
    _ event: JobMachine.Event, _ context: TransitionContext, _ db: Database
  ) throws {
    var machine = JobMachine(
      state: job.state, attempt: job.attempt, maxAttempts: job.maxAttempts,
      cancelRequested: job.cancelRequested)
    let actions = try machine.handle(event)
    job.state = machine.state
    job.attempt = machine.attempt
    job.cancelRequested = machine.cancelRequested
    for action in actions { try perform(action, context, db) }
  }

  private mutating func perform(
    _ action: JobMachine.Action, _ context: TransitionContext, _ db: Database
  ) throws {
    switch action {
    case .beginLease:
      leaseToken += 1
      leaseOwner = context.leaseOwner
      leaseUntil = context.leaseUntil
      job.startedAt = context.now
    case .endLease:
      leaseOwner = nil
      leaseUntil = nil
    case .record(let kind):
      try record(kind, context.now, db)
    case .requeue(let delay):
      job.progress = nil
      job.runAt = context.now + delay
    case .keepResult:
      job.result = context.result
      job.error = nil
      for blob in context.result?.candidates.flatMap(\.blobs) ?? [] {
        try Self.use(blob, by: job.id, context.now, db)
      }
    case .keepError(let error):
      job.error = error
    case .finish:
      job.finishedAt = context.now
      try db.cachedStatement(sql: "DELETE FROM job_checkpoints WHERE job_id = ?")
        .execute(arguments: [job.id.text])
    }
  }

  /// Appends to the job's history, and to the outbox what its subscriber shall hear; the row's new
  /// sequence still has to be written.
  mutating func record(_ kind: JobEvent.Kind, _ now: Timestamp, _ db: Database) throws {
    job.sequence += 1
    try db.cachedStatement(
      sql: "INSERT INTO job_events (job_id, sequence, moment, kind) VALUES (?, ?, ?, ?)"
    ).execute(arguments: [
      job.id.text, job.sequence, now.milliseconds, try JSONText.encode(kind),
    ])
    if let delivery = WebhookDelivery(of: WebhookEvent(kind), for: job, at: now) {
      try OutboxRow(delivery).insert(db)
    }
  }

  /// Counts `job` among those that keep the blob alive.
  static func use(
    _ blob: BlobReference, by job: JobID, _ now: Timestamp, _ db: Database
  ) throws {
    try db.cachedStatement(
      sql: "INSERT OR IGNORE INTO blobs (hash, byte_count, created_at) VALUES (?, ?, ?)"
    ).execute(arguments: [blob.hash.text, blob.byteCount, now.milliseconds])
    try db.cachedStatement(sql: "INSERT OR IGNORE INTO blob_uses (job_id, hash) VALUES (?, ?)")
      .execute(arguments: [job.text, blob.hash.text])
  }
}
