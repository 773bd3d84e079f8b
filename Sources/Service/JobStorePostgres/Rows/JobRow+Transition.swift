import Jobs

/// What a transition needs beside its event.
struct TransitionContext: Sendable {
  /// For a claim: who takes the job, and until when.
  var leaseOwner: String?
  var leaseUntil: Timestamp?
  /// For a success.
  var result: JobResult?
}

extension JobRow {
  /// Asks the state machine, performs its actions and writes row and events.
  ///
  /// The row is locked. Throws `JobMachine.Refusal`, and then nothing was written.
  mutating func transition(
    _ event: JobMachine.Event, _ transaction: JobTransaction,
    _ context: TransitionContext = TransitionContext()
  ) async throws {
    var machine = JobMachine(
      state: job.state, attempt: job.attempt, maxAttempts: job.maxAttempts,
      cancelRequested: job.cancelRequested)
    let actions = try machine.handle(event)
    job.state = machine.state
    job.attempt = machine.attempt
    job.cancelRequested = machine.cancelRequested
    for action in actions { try await perform(action, context, transaction) }
    try await update(transaction)
  }

  private mutating func perform(
    _ action: JobMachine.Action, _ context: TransitionContext, _ transaction: JobTransaction
  ) async throws {
    switch action {
    case .beginLease:
      leaseToken += 1
      leaseOwner = context.leaseOwner
      leaseUntil = context.leaseUntil
      job.startedAt = transaction.now
    case .endLease:
      leaseOwner = nil
      leaseUntil = nil
    case .record(let kind):
      try await record(kind, transaction)
    case .requeue(let delay):
      job.progress = nil
      job.runAt = transaction.now + delay
    case .keepResult:
      job.result = context.result
      job.error = nil
      let blobs = context.result?.candidates.flatMap(\.blobs) ?? []
      try await Self.use(blobs, by: job.id, transaction)
    case .keepError(let error):
      job.error = error
    case .finish:
      job.finishedAt = transaction.now
      isEndNoted = true
      try await transaction.query(
        "DELETE FROM job_checkpoints WHERE job_id = $1", [.text(job.id.text)])
    }
  }

  /// Appends to the job's history, and to the outbox what its subscriber shall hear; the row's new
  /// sequence still has to be written.
  mutating func record(_ kind: JobEvent.Kind, _ transaction: JobTransaction) async throws {
    job.sequence += 1
    try await transaction.query(
      "INSERT INTO job_events (job_id, sequence, moment, kind) VALUES ($1, $2, $3, $4)",
      [
        .text(job.id.text), .integer(job.sequence), .integer(transaction.now.milliseconds),
        .text(try JSONText.encode(kind)),
      ])
    if let delivery = WebhookDelivery(of: WebhookEvent(kind), for: job, at: transaction.now) {
      try await OutboxRow(delivery).insert(transaction)
    }
  }

  /// Counts `job` among those that keep the blobs alive; throws `blobMissing` for one that is not
  /// stored.
  static func use(
    _ blobs: [BlobReference], by job: JobID, _ transaction: JobTransaction
  ) async throws {
    // In one order, so that no two jobs wait for each other's pictures.
    for hash in Set(blobs.map(\.hash)).sorted(by: { $0.text < $1.text }) {
      // Locked, so that no removal comes between.
      let found = try await transaction.query(
        "SELECT hash FROM blobs WHERE hash = $1 FOR KEY SHARE", [.text(hash.text)])
      guard !found.isEmpty else { throw JobStoreError.blobMissing(hash) }
      try await transaction.query(
        "INSERT INTO blob_uses (job_id, hash) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [.text(job.text), .text(hash.text)])
    }
  }
}
