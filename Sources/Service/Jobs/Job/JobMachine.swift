/// The life of a job as a pure state machine: what may happen in which state, and what follows.
///
/// A store loads a job, asks `handle`, and writes what comes back in one transaction. A refusal
/// means that somebody else was faster; nothing is written then.
package struct JobMachine: Sendable, Hashable {
  package private(set) var state: JobState
  /// Executions begun.
  package private(set) var attempt: Int
  package let maxAttempts: Int
  package private(set) var cancelRequested: Bool

  package init(state: JobState, attempt: Int, maxAttempts: Int, cancelRequested: Bool) {
    self.state = state
    self.attempt = attempt
    self.maxAttempts = maxAttempts
    self.cancelRequested = cancelRequested
  }

  package enum Event: Sendable, Hashable {
    /// A worker takes the job.
    case claim
    /// The worker that holds the lease is done.
    case succeed
    case fail(JobError, isTransient: Bool)
    /// The worker stopped because a cancellation was asked for.
    case stopped
    /// A draining worker hands its lease back; the attempt does not count.
    case handBack
    /// The lease ran out: the worker is gone or stalled.
    case leaseExpired
    case cancel
    case deadlinePassed
  }

  package enum Action: Sendable, Hashable {
    /// A new lease: the token grows, so that every older holder is fenced off.
    case beginLease(attempt: Int)
    case endLease
    case record(JobEvent.Kind)
    /// Back to the queue, claimable after `delay`.
    case requeue(delay: Duration)
    case keepResult
    case keepError(JobError)
    /// The job has reached a final state: stamp it, start the time its results are kept.
    case finish
  }

  package struct Refusal: Error, Sendable, Hashable {
    package let state: JobState

    package init(state: JobState) {
      self.state = state
    }
  }

  package mutating func handle(_ event: Event) throws(Refusal) -> [Action] {
    switch (state, event) {
    case (.queued, .claim):
      state = .running
      attempt += 1
      return [.beginLease(attempt: attempt), .record(.running(attempt: attempt))]
    case (.queued, .cancel):
      return end(.canceled, .canceled)
    case (.queued, .deadlinePassed):
      return end(.expired, .expired)
    case (.running, .cancel):
      guard !cancelRequested else { return [] }
      cancelRequested = true
      return [.record(.cancelRequested)]
    // Whoever was told that the cancellation is on its way never sees a result after all.
    case (.running, .succeed), (.running, .fail), (.running, .stopped), (.running, .handBack),
      (.running, .leaseExpired):
      return cancelRequested ? [.endLease] + end(.canceled, .canceled) : leaveRunning(event)
    default:
      throw Refusal(state: state)
    }
  }

  private mutating func leaveRunning(_ event: Event) -> [Action] {
    switch event {
    case .succeed:
      return [.endLease, .keepResult] + end(.succeeded, .succeeded)
    case .fail(let error, isTransient: true) where attempt < maxAttempts:
      return [.keepError(error)] + requeue(reason: error.code, delay: backoff)
    case .fail(let error, _):
      return fail(error)
    case .handBack:
      attempt = max(0, attempt - 1)
      return requeue(reason: "draining", delay: .zero)
    // A worker that stopped although nobody asked for it counts as one that vanished.
    default:
      guard attempt < maxAttempts else { return fail(.workerLost) }
      return requeue(reason: "lease_expired", delay: backoff)
    }
  }

  private mutating func requeue(reason: String, delay: Duration) -> [Action] {
    state = .queued
    return [.endLease, .requeue(delay: delay), .record(.requeued(reason: reason))]
  }

  private mutating func fail(_ error: JobError) -> [Action] {
    [.endLease, .keepError(error)] + end(.failed, .failed(error))
  }

  private mutating func end(_ final: JobState, _ kind: JobEvent.Kind) -> [Action] {
    state = final
    return [.record(kind), .finish]
  }

  /// 1, 2, 4 … seconds, at most a minute.
  private var backoff: Duration {
    Duration.seconds(min(60, 1 << min(6, max(0, attempt - 1))))
  }
}
