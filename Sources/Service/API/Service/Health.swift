import Locks

/// What the process knows of itself: started or not, draining or not.
package final class Health: Sendable {
  private let state = Lock((hasStarted: false, isDraining: false))

  package init() {}

  package var hasStarted: Bool { state.withLock { $0.hasStarted } }
  package var isDraining: Bool { state.withLock { $0.isDraining } }

  /// Models are loaded and the store is open.
  package func started() {
    state.withLock { $0.hasStarted = true }
  }

  /// From now on not ready: no new jobs, waiting requests are answered with what there is.
  package func drain() {
    state.withLock { $0.isDraining = true }
  }
}
