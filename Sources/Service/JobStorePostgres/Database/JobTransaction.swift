import Jobs
import Locks

/// A transaction under way: its session, its moment, and whom its commit will wake.
final class JobTransaction: Sendable {
  /// By the database's clock, so that all machines agree.
  let now: Timestamp
  private let connection: PostgresConnection
  private let changes = Lock<[String]>([])

  init(_ connection: PostgresConnection, now: Timestamp) {
    self.connection = connection
    self.now = now
  }

  @discardableResult
  func query(
    _ sql: String, _ values: [PostgresValue] = []
  ) async throws(PostgresFault) -> [PostgresRow] {
    try await connection.query(sql, values)
  }

  /// Listeners everywhere hear of the job once this is committed.
  func notify(_ job: Job) {
    changes.withLock { $0.append("\(job.id.text) \(job.state.rawValue)") }
  }

  /// Notifications are part of the transaction: nobody hears of what is not committed.
  var ending: String {
    let payloads = Set(changes.withLock { $0 }).sorted()
    return payloads.map { "SELECT pg_notify('\(JobTransaction.channel)', '\($0)');" }.joined()
      + "COMMIT"
  }

  static let channel = "byteedit_jobs"
}
