import Jobs
import Locks

/// One attempt at one job while it runs: shared by the thread that computes, the one that renews
/// the lease, and whoever shuts the pool down.
final class Execution: Sendable {
  /// Why the computation shall stop; the first reason stays.
  enum Interruption: Error, Sendable, Hashable {
    case canceled
    case leaseLost
    case handedBack
  }

  private struct State {
    var interruption: Interruption?
    var renewed: ContinuousClock.Instant
  }

  let job: Job
  let lease: Lease
  let began: ContinuousClock.Instant
  private let state: Lock<State>

  init(_ claimed: ClaimedJob, began: ContinuousClock.Instant = .now) {
    job = claimed.job
    lease = claimed.lease
    self.began = began
    state = Lock(State(interruption: nil, renewed: began))
  }

  var interruption: Interruption? { state.withLock { $0.interruption } }
  var renewed: ContinuousClock.Instant { state.withLock { $0.renewed } }

  func interrupt(_ reason: Interruption) {
    state.withLock { state in
      // A lease that is lost overrides everything: then nothing may be written.
      if state.interruption == nil || reason == .leaseLost { state.interruption = reason }
    }
  }

  /// Takes in what the store said about the lease.
  func note(_ answer: LeaseAnswer) {
    switch answer {
    case .held: state.withLock { $0.renewed = .now }
    case .cancelRequested:
      state.withLock { $0.renewed = .now }
      interrupt(.canceled)
    case .lost: interrupt(.leaseLost)
    }
  }

  /// Throws the interruption, if there is one.
  func checkpoint() throws(Interruption) {
    if let interruption { throw interruption }
  }
}
