import Jobs

/// The database as the keeper sees it: transactions and single reads, repeated over short outages.
final class JobDatabase: Sendable {
  /// Whether a commit waits for the disk.
  enum Durability {
    case durable
    /// Heartbeats: a lost one costs nothing but a lease that ends sooner.
    case relaxed
  }

  private let pool: ConnectionPool
  private let clock: (any WallClock)?
  /// How long an outage is ridden out before a call fails.
  private let patience: Duration

  init(pool: ConnectionPool, clock: (any WallClock)?, patience: Duration) {
    self.pool = pool
    self.clock = clock
    self.patience = patience
  }

  /// The present moment as an expression of SQL, in milliseconds.
  var now: String {
    clock.map { "\($0.now().milliseconds)::bigint" }
      ?? "(extract(epoch FROM clock_timestamp()) * 1000)::bigint"
  }

  func read(
    _ sql: String, _ values: [PostgresValue] = []
  ) async throws(JobStoreError) -> [PostgresRow] {
    try await repeating { [pool] in
      try await pool.withConnection { try await $0.query(sql, values) }
    }
  }

  /// What is done when a commit's answer did not come, so that nobody knows whether it arrived.
  enum Doubt {
    /// The caller is told, and asks.
    case isReported
    /// It is done again: twice has the effect of once.
    case isRepeated
  }

  /// Commits what `body` does, or nothing of it; `body` may run more than once.
  func write<Value: Sendable>(
    _ durability: Durability = .durable, doubt: Doubt = .isReported,
    _ body: @escaping @Sendable (JobTransaction) async throws -> Value
  ) async throws(JobStoreError) -> Value {
    let level = durability == .durable ? "on" : "off"
    return try await repeating(doubt) { [self] in
      try await pool.withConnection { [self] connection in
        try await connection.script("BEGIN; SET LOCAL synchronous_commit = \(level)")
        do {
          let transaction = JobTransaction(connection, now: try await moment(connection))
          let value = try await body(transaction)
          try await Self.commit(transaction, connection)
          return value
        } catch {
          if (error as? PostgresFault)?.isBroken != true { try await connection.script("ROLLBACK") }
          throw error
        }
      }
    }
  }

  private func moment(_ connection: PostgresConnection) async throws -> Timestamp {
    if let clock { return clock.now() }
    let rows = try await connection.query("SELECT \(now) AS now")
    return try rows.first?.moment("now") ?? { throw JobStoreError.corrupt("the clock") }()
  }

  private static func commit(
    _ transaction: JobTransaction, _ connection: PostgresConnection
  ) async throws(PostgresFault) {
    do {
      try await connection.script(transaction.ending)
    } catch {
      var fault = error
      // Without an answer nobody knows whether the commit arrived.
      fault.isUncertain = fault.isBroken
      throw fault
    }
  }

  /// Tries again while nothing was written and the patience lasts, ever more rarely.
  private func repeating<Value: Sendable>(
    _ doubt: Doubt = .isReported, _ work: @Sendable () async throws -> Value
  ) async throws(JobStoreError) -> Value {
    let end = ContinuousClock.now + patience
    var pause = Backoff()
    while true {
      do {
        return try await work()
      } catch let fault as PostgresFault
        where fault.mayBeRepeated(doubt) && .now < end && !Task.isCancelled && !pool.isClosed
      {
        try? await Task.sleep(for: pause.next())
      } catch {
        throw JobStoreError(translating: error)
      }
    }
  }

  func close() async { await pool.close() }
}
