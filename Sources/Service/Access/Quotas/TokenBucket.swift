/// So many a minute, all of which may come at once: a bucket that fills evenly.
struct TokenBucket: Sendable {
  private var tokens: Double
  private var filledAt: Duration

  /// Full at `now`, the time since an arbitrary start.
  init(perMinute: Int, now: Duration) {
    tokens = Double(perMinute)
    filledAt = now
  }

  /// Takes one, or says how long it will be until there is one.
  mutating func take(perMinute: Int, now: Duration) -> Duration? {
    fill(perMinute: perMinute, now: now)
    guard tokens < 1 else {
      tokens -= 1
      return nil
    }
    return .seconds((1 - tokens) * 60 / Double(max(1, perMinute)))
  }

  /// Whether nothing of it has been used lately, so that it can be forgotten.
  mutating func isFull(perMinute: Int, now: Duration) -> Bool {
    fill(perMinute: perMinute, now: now)
    return tokens >= Double(perMinute)
  }

  /// A rate that was lowered meanwhile takes effect at once.
  private mutating func fill(perMinute: Int, now: Duration) {
    let elapsed = max(.zero, now - filledAt) / .seconds(1)
    tokens = min(Double(perMinute), tokens + elapsed * Double(perMinute) / 60)
    filledAt = now
  }
}
