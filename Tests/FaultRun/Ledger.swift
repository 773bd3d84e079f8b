import FaultHistory
import Locks

/// Takes down what all clients ask for and see.
final class Ledger: Sendable {
  struct Content {
    var asked: [String: AskedJob] = [:]
    var observations: [Observation] = []
    /// Seconds from the first try of a submission until it was accepted.
    var longestSubmission = 0.0
    /// When jobs were first seen at their end.
    var ends: [ContinuousClock.Instant] = []
  }

  private let content = Lock(Content())

  var all: Content { content.withLock { $0 } }

  func ask(_ key: String, _ job: AskedJob) {
    content.withLock { $0.asked[key] = job }
  }

  func note(_ observation: Observation) {
    content.withLock { $0.observations.append(observation) }
  }

  func accepted(after seconds: Double) {
    content.withLock { $0.longestSubmission = max($0.longestSubmission, seconds) }
  }

  func ended() {
    content.withLock { $0.ends.append(.now) }
  }
}
