import Jobs

/// How long the database is waited for.
package struct PostgresLimits: Sendable {
  package var connecting = Duration.seconds(5)
  /// The server gives a statement up after this long.
  package var statement = Duration.seconds(30)
  /// The server ends a transaction whose client fell silent; its locks must not hold up the others.
  package var idleTransaction = Duration.seconds(10)
  /// A lock is waited for this long.
  package var lock = Duration.seconds(10)
  /// No answer at all: the connection is given up.
  var answer: Duration { statement + .seconds(5) }

  package init() {}

  var settings: String {
    """
    SET statement_timeout = \(statement.wholeMilliseconds);
    SET lock_timeout = \(lock.wholeMilliseconds);
    SET idle_in_transaction_session_timeout = \(idleTransaction.wholeMilliseconds)
    """
  }
}
