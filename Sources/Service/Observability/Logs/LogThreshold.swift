import Locks
package import Logging

/// The least level that is logged, for all loggers of a process; it may change while they are used.
package final class LogThreshold: Sendable {
  private let stored: Lock<Logger.Level>

  package init(_ level: Logger.Level) {
    stored = Lock(level)
  }

  package var level: Logger.Level {
    get { stored.withLock { $0 } }
    set { stored.withLock { $0 = newValue } }
  }
}
