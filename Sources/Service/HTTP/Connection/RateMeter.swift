/// Judges whether a transfer keeps to the minimum data rate.
///
/// Every stretch as long as the grace is judged by itself: a fast beginning buys no slow end.
package struct RateMeter: Sendable {
  private var start: ContinuousClock.Instant
  private var bytes = 0

  package init(since start: ContinuousClock.Instant) {
    self.start = start
  }

  package mutating func add(_ count: Int) {
    bytes += count
  }

  /// Whether a stretch is over, and what came in it was below the minimum rate on average.
  package mutating func isTooSlow(_ limits: HTTPLimits, now: ContinuousClock.Instant) -> Bool {
    let elapsed = now - start
    guard elapsed > limits.transferGrace else { return false }
    guard Double(bytes) >= Double(limits.minimumRate) * (elapsed / .seconds(1)) else { return true }
    (start, bytes) = (now, 0)
    return false
  }
}
