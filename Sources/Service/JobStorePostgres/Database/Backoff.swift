/// Growing pauses between tries, spread so that many clients do not come at once.
struct Backoff {
  private var span = Duration.milliseconds(25)
  private static let longest = Duration.seconds(2)

  mutating func next() -> Duration {
    defer { span = min(Self.longest, span * 2) }
    return span * Double.random(in: 0.75...1.25)
  }
}
