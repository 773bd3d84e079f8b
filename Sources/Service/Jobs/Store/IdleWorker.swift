import Locks

extension ChangeNotifier {
  /// As `JobStore.waitForJob` says it.
  ///
  /// - Parameter hasWork: whether there is a job already; what came between the caller's last claim
  ///   and now woke nobody.
  package func waitForJob(
    worker id: String, lease: Duration, timeout: Duration, unless hasWork: () async -> Bool
  ) async -> ClaimedJob? {
    let worker = idleWorker(id, lease: lease)
    defer { discard(worker) }
    if await !hasWork() { await worker.wait(timeout: timeout) }
    return await worker.leave()
  }
}

/// A worker that waits for work; whoever accepts a job may hand it over instead of waking.
package final class IdleWorker: Sendable {
  private enum State {
    case free
    /// Somebody writes a claim for it down, and will hand over the job or nothing.
    case reserved
    case handed(ClaimedJob?)
  }

  package let id: String
  package let lease: Duration
  private let state = Lock(State.free)
  /// Woken when work may be there.
  let arrival: ChangeNotifier.Ticket
  private let decision = ChangeNotifier.Ticket()

  init(_ id: String, lease: Duration, arrival: ChangeNotifier.Ticket) {
    self.id = id
    self.lease = lease
    self.arrival = arrival
  }

  /// Waits for work, for a job or for the end of the time.
  package func wait(timeout: Duration) async {
    await arrival.wait(timeout: timeout)
  }

  /// The job that was handed over; from now on none is.
  package func leave() async -> ClaimedJob? {
    let isReserved = state.withLock { state in
      if case .free = state { state = .handed(nil) }
      if case .reserved = state { return true }
      return false
    }
    // The end of its time, or a hint, came while somebody wrote the claim down.
    if isReserved { await decision.wait(timeout: .seconds(3600)) }
    return state.withLock { state in
      guard case .handed(let job) = state else { return nil }
      return job
    }
  }

  /// Whether it was free; then `hand` must follow.
  func reserve() -> Bool {
    state.withLock { state in
      guard case .free = state else { return false }
      state = .reserved
      return true
    }
  }

  /// - Parameter job: `nil` where it was not claimed after all.
  package func hand(_ job: ClaimedJob?) {
    state.withLock { $0 = .handed(job) }
    decision.wake()
    arrival.wake()
  }
}
