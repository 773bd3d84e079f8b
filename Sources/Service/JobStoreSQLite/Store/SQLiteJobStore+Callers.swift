import GRDB
package import Jobs

extension SQLiteJobStore {
  package func job(_ id: JobID) async throws(JobStoreError) -> JobLookup {
    try await database.read { db in try JobRow.fetch(db, id)?.lookup ?? .unknown }
  }

  package func standing(of id: JobID) async throws(JobStoreError) -> StandingLookup {
    let sql = "SELECT owner, state, sequence FROM jobs WHERE id = ? AND gone_at IS NULL"
    return try await database.read { db in
      guard let row = try Row.fetchOne(db.cachedStatement(sql: sql), arguments: [id.text]) else {
        return .unknown
      }
      guard let state = JobState(rawValue: row["state"]) else {
        throw JobStoreError.corrupt("the state of job \(id)")
      }
      return .found(JobStanding(owner: row["owner"], state: state, sequence: row["sequence"]))
    }
  }

  package func job(
    named key: IdempotencyKey, of owner: String
  ) async throws(JobStoreError) -> JobLookup {
    let sql = "SELECT job_id FROM idempotency WHERE owner = ? AND key = ? AND expires_at > ?"
    let now = clock.now()
    return try await database.read { db in
      let text = try String.fetchOne(
        db.cachedStatement(sql: sql), arguments: [owner, key.text, now.milliseconds])
      guard let id = text.flatMap({ JobID($0) }) else { return .unknown }
      return try JobRow.fetch(db, id)?.lookup ?? .unknown
    }
  }

  package func jobs(_ query: JobQuery) async throws(JobStoreError) -> JobPage {
    let limit = min(max(1, query.limit), 1000)
    let (condition, arguments) = Self.condition(for: query)
    let found = try await database.read { db in
      try JobRow.fetchAll(
        db, where: "\(condition) ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)", arguments
      ).map(\.job)
    }
    let page = Array(found.prefix(limit))
    let hasMore = found.count > limit
    let next = hasMore ? page.last.map { JobCursor(createdAt: $0.createdAt, id: $0.id) } : nil
    return JobPage(jobs: page, next: next)
  }

  private static func condition(for query: JobQuery) -> (String, StatementArguments) {
    var condition = "gone_at IS NULL"
    var arguments = StatementArguments()
    if let owner = query.owner {
      condition += " AND owner = ?"
      arguments += [owner]
    }
    if !query.states.isEmpty {
      let names = query.states.map(\.rawValue).sorted()
      condition += " AND state IN (\(names.map { _ in "?" }.joined(separator: ", ")))"
      arguments += StatementArguments(names)
    }
    if let cursor = query.cursor {
      condition += " AND (created_at, id) < (?, ?)"
      arguments += [cursor.createdAt.milliseconds, cursor.id.text]
    }
    return (condition, arguments)
  }

  package func events(
    of id: JobID, after sequence: Int64, limit: Int
  ) async throws(JobStoreError) -> [JobEvent] {
    let sql = """
      SELECT sequence, moment, kind FROM job_events WHERE job_id = ? AND sequence > ?
      ORDER BY sequence LIMIT ?
      """
    return try await database.read { db in
      let rows = try Row.fetchAll(
        db.cachedStatement(sql: sql), arguments: [id.text, sequence, max(0, limit)])
      return try rows.map { row in
        JobEvent(
          sequence: row["sequence"], moment: Timestamp(milliseconds: row["moment"]),
          kind: try JSONText.decode(JobEvent.Kind.self, from: row["kind"]))
      }
    }
  }

  package func waitForChange(
    of id: JobID, after sequence: Int64, timeout: Duration
  ) async throws(JobStoreError) -> JobLookup {
    let end = ContinuousClock.now + timeout
    while true {
      let ticket = notifier.ticket(for: id)
      defer { notifier.discard(ticket, of: id) }
      let lookup = try await job(id)
      guard case .found(let job) = lookup, job.sequence <= sequence, !job.state.isFinal else {
        return lookup
      }
      let rest = end - ContinuousClock.now
      guard rest > .zero, !Task.isCancelled else { return lookup }
      await ticket.wait(timeout: rest)
    }
  }

  package func waitForEnd(
    of id: JobID, timeout: Duration, nearing: @escaping @Sendable (Job) -> Void
  ) async throws(JobStoreError) -> JobLookup {
    let ticket = notifier.ticketForEnd(of: id, nearing: nearing)
    defer { notifier.discardForEnd(ticket, of: id) }
    let lookup = try await job(id)
    guard case .found(let job) = lookup, !job.state.isFinal, timeout > .zero, !Task.isCancelled
    else { return lookup }
    await ticket.wait(timeout: timeout)
    if let ended = ticket.job { return .found(ended) }
    return try await self.job(id)
  }

  package func cancel(_ id: JobID) async throws(JobStoreError) -> CancelOutcome {
    let outcome = try await database.durable { [self] db in
      try cancel(id, db)
    }
    switch outcome {
    case .canceled(let job), .requested(let job): announce(job)
    case .alreadyFinal, .gone, .unknown: break
    }
    return outcome
  }

  private func cancel(_ id: JobID, _ db: Database) throws -> CancelOutcome {
    guard var row = try JobRow.fetch(db, id) else { return .unknown }
    guard row.goneAt == nil else { return .gone }
    do {
      try row.transition(.cancel, TransitionContext(now: clock.now()), db)
    } catch is JobMachine.Refusal {
      return .alreadyFinal(row.job)
    }
    return row.job.state.isFinal ? .canceled(row.job) : .requested(row.job)
  }
}
