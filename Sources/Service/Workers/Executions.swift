import Jobs
import Locks

/// The attempts that run in this pool, and whether more may begin.
final class Executions: Sendable {
  private struct State {
    var running: [ObjectIdentifier: Execution] = [:]
    var isDraining = false
  }

  private let state = Lock(State())

  var isDraining: Bool { state.withLock { $0.isDraining } }
  var running: [Execution] { state.withLock { Array($0.running.values) } }

  /// `false` when the pool drains and nothing may begin any more.
  func begin(_ execution: Execution) -> Bool {
    state.withLock { state in
      guard !state.isDraining else { return false }
      state.running[ObjectIdentifier(execution)] = execution
      return true
    }
  }

  func end(_ execution: Execution) {
    state.withLock { $0.running[ObjectIdentifier(execution)] = nil }
  }

  func drain() {
    state.withLock { $0.isDraining = true }
  }
}
