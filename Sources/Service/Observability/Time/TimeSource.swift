import Locks

/// Where time comes from; injected, so that tests set it.
package protocol TimeSource: Sendable {
  /// Time since an arbitrary start, never going back; for durations and deadlines.
  func monotonic() -> Duration
  /// Time since 1970-01-01T00:00:00Z; for what people and other machines read.
  func wall() -> Duration
}

/// A clock that stands still until a test moves it.
package final class ManualTime: TimeSource {
  private let state: Lock<(monotonic: Duration, wall: Duration)>

  package init(monotonic: Duration = .zero, wall: Duration = .zero) {
    state = Lock((monotonic, wall))
  }

  package func monotonic() -> Duration { state.withLock { $0.monotonic } }
  package func wall() -> Duration { state.withLock { $0.wall } }

  /// Moves both clocks on.
  package func advance(by duration: Duration) {
    state.withLock { $0 = ($0.monotonic + duration, $0.wall + duration) }
  }

  /// Sets the wall clock alone, as an administrator would; the monotonic one does not notice.
  package func setWall(_ wall: Duration) {
    state.withLock { $0.wall = wall }
  }
}

extension Duration {
  /// The duration in seconds, as metrics report it.
  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }

  /// Nanoseconds from a C time structure.
  init(_ time: (seconds: Int, nanoseconds: Int)) {
    self = .seconds(time.seconds) + .nanoseconds(time.nanoseconds)
  }
}
