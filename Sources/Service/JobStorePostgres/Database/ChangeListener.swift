import Jobs
import Locks

/// Hears what other processes commit and wakes this one's waiters.
///
/// It may miss things: whoever must not, polls as well.
final class ChangeListener: Sendable {
  private let address: PostgresAddress
  private let limits: PostgresLimits
  private let notifier: ChangeNotifier
  private let task = Lock<Task<Void, Never>?>(nil)

  init(_ address: PostgresAddress, _ limits: PostgresLimits, _ notifier: ChangeNotifier) {
    self.address = address
    self.limits = limits
    self.notifier = notifier
  }

  func start() {
    let listening = Task { [address, limits, notifier] in
      var pause = Backoff()
      while !Task.isCancelled {
        do throws(PostgresFault) {
          let connection = try await PostgresConnection.open(address, limits)
          try await connection.script("LISTEN \(JobTransaction.channel)")
          pause = Backoff()
          // What came before this line was heard by nobody.
          notifier.wakeAll()
          try await Self.listen(connection, notifier)
        } catch {
          try? await Task.sleep(for: pause.next())
        }
      }
    }
    task.withLock { $0 = listening }
  }

  private static func listen(
    _ connection: PostgresConnection, _ notifier: ChangeNotifier
  ) async throws(PostgresFault) {
    while !Task.isCancelled {
      let payloads = try await connection.notifications(within: .seconds(20))
      for payload in payloads { wake(payload, notifier) }
      // A session that died in silence is noticed here.
      if payloads.isEmpty, !Task.isCancelled { try await connection.script("SELECT 1") }
    }
  }

  private static func wake(_ payload: String, _ notifier: ChangeNotifier) {
    let words = payload.split(separator: " ").map(String.init)
    guard words.count == 2, let job = JobID(words[0]) else { return }
    notifier.jobChanged(job)
    if words[1] == JobState.queued.rawValue {
      notifier.workArrived()
    } else {
      notifier.deliveryArrived()
    }
  }

  func stop() async {
    let listening = task.withLock { $0.take() }
    listening?.cancel()
    await listening?.value
  }
}
