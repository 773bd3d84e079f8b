/// Judges whether a transfer keeps to the minimum data rate.
package struct RateMeter: Sendable {
  private let start: ContinuousClock.Instant
  private var bytes = 0

  package init(since start: ContinuousClock.Instant) {
    self.start = start
  }

  package mutating func add(_ count: Int) {
    bytes += count
  }

  /// Past the grace, and below the minimum rate on average since the start.
  package func isTooSlow(_ limits: HTTPLimits, now: ContinuousClock.Instant) -> Bool {
    let elapsed = now - start
    guard elapsed > limits.transferGrace else { return false }
    return Double(bytes) < Double(limits.minimumRate) * (elapsed / .seconds(1))
  }
}
