import Locks

/// What new connections of a server are secured with; open ones keep what they began with.
package final class TLSCredentials: Sendable {
  private let state: Lock<TLSServerContext>

  package init(_ context: TLSServerContext) {
    state = Lock(context)
  }

  package var current: TLSServerContext { state.withLock { $0 } }

  /// New connections use another context from now on.
  package func replace(with context: TLSServerContext) {
    state.withLock { $0 = context }
  }
}
