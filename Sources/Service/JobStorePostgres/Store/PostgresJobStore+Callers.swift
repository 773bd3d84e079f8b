package import Jobs

extension PostgresJobStore {
  package func job(_ id: JobID) async throws(JobStoreError) -> JobLookup {
    try await rows("WHERE id = $1", [.text(id.text)]).first?.lookup ?? .unknown
  }

  package func standing(of id: JobID) async throws(JobStoreError) -> StandingLookup {
    let rows = try await database.read(
      "SELECT owner, state, sequence FROM jobs WHERE id = $1 AND gone_at IS NULL",
      [.text(id.text)])
    guard let row = rows.first else { return .unknown }
    guard let owner = row.text("owner"), let sequence = row.integer("sequence"),
      let state = row.text("state").flatMap(JobState.init)
    else { throw .corrupt("the state of job \(id)") }
    return .found(JobStanding(owner: owner, state: state, sequence: sequence))
  }

  package func job(
    named key: IdempotencyKey, of owner: String
  ) async throws(JobStoreError) -> JobLookup {
    try await rows(
      """
      WHERE id = (SELECT job_id FROM idempotency WHERE owner = $1 AND key = $2
        AND expires_at > \(database.now))
      """, [.text(owner), .text(key.text)]
    ).first?.lookup ?? .unknown
  }

  private func rows(
    _ condition: String, _ values: [PostgresValue]
  ) async throws(JobStoreError) -> [JobRow] {
    let rows = try await database.read("\(JobRow.selected) \(condition)", values)
    do {
      return try rows.map(JobRow.init)
    } catch {
      throw JobStoreError(translating: error)
    }
  }

  package func jobs(_ query: JobQuery) async throws(JobStoreError) -> JobPage {
    let limit = min(max(1, query.limit), 1000)
    let (condition, values) = Self.condition(for: query)
    let found = try await rows(
      "WHERE \(condition) ORDER BY created_at DESC, id DESC LIMIT \(limit + 1)", values
    ).map(\.job)
    let page = Array(found.prefix(limit))
    let hasMore = found.count > limit
    let next = hasMore ? page.last.map { JobCursor(createdAt: $0.createdAt, id: $0.id) } : nil
    return JobPage(jobs: page, next: next)
  }

  private static func condition(for query: JobQuery) -> (String, [PostgresValue]) {
    var condition = "gone_at IS NULL"
    var values: [PostgresValue] = []
    if let owner = query.owner {
      values.append(.text(owner))
      condition += " AND owner = $\(values.count)"
    }
    if !query.states.isEmpty {
      values.append(.texts(query.states.map(\.rawValue).sorted()))
      condition += " AND state = ANY($\(values.count))"
    }
    if let cursor = query.cursor {
      values += [.integer(cursor.createdAt.milliseconds), .text(cursor.id.text)]
      condition += " AND (created_at, id) < ($\(values.count - 1), $\(values.count))"
    }
    return (condition, values)
  }

  package func events(
    of id: JobID, after sequence: Int64, limit: Int
  ) async throws(JobStoreError) -> [JobEvent] {
    let rows = try await database.read(
      """
      SELECT sequence, moment, kind FROM job_events WHERE job_id = $1 AND sequence > $2
      ORDER BY sequence LIMIT $3
      """,
      [.text(id.text), .integer(sequence), .integer(Int64(max(0, limit)))])
    do {
      return try rows.map { row in
        JobEvent(
          sequence: try row.required("sequence", PostgresRow.integer),
          moment: try row.required("moment", PostgresRow.moment),
          kind: try JSONText.decode(
            JobEvent.Kind.self, from: try row.required("kind", PostgresRow.text)))
      }
    } catch {
      throw JobStoreError(translating: error)
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
      // Not longer than this, since notifications may get lost; spread, so that waiters do not
      // come all at once.
      await ticket.wait(timeout: min(rest, .seconds(1) * Double.random(in: 0.75...1.25)))
    }
  }

  package func cancel(_ id: JobID) async throws(JobStoreError) -> CancelOutcome {
    let outcome = try await database.write { transaction in
      try await Self.cancel(id, transaction)
    }
    switch outcome {
    case .canceled(let job), .requested(let job): announce(job)
    case .alreadyFinal, .gone, .unknown: break
    }
    return outcome
  }

  private static func cancel(
    _ id: JobID, _ transaction: JobTransaction
  ) async throws -> CancelOutcome {
    guard var row = try await JobRow.locked(transaction, id) else { return .unknown }
    guard row.goneAt == nil else { return .gone }
    do {
      try await row.transition(.cancel, transaction)
    } catch is JobMachine.Refusal {
      return .alreadyFinal(row.job)
    }
    return row.job.state.isFinal ? .canceled(row.job) : .requested(row.job)
  }
}
