/// When a delivery that failed is tried again: at growing pauses (Standard Webhooks, "Operational
/// considerations"), until it is too old.
package struct DeliverySchedule: Sendable, Equatable {
  /// After the first, second … attempt.
  package static let pauses: [Duration] = [
    .seconds(5), .seconds(300), .seconds(1800), .seconds(2 * 3600), .seconds(5 * 3600),
    .seconds(10 * 3600), .seconds(14 * 3600), .seconds(20 * 3600), .seconds(24 * 3600),
  ]

  /// Attempts later than this after the event are not made.
  package var maximumAge: Duration

  package init(maximumAge: Duration) {
    self.maximumAge = maximumAge
  }

  /// The pause before the next attempt; `nil` gives up.
  ///
  /// - Parameters:
  ///   - attempt: attempts made, from 1.
  ///   - age: since the event.
  ///   - wish: what the receiver asked for with `Retry-After`; never shortens the pause.
  ///   - spread: from 0 to 1, drawn at random, so that receivers are not met by all at once.
  package func pause(
    after attempt: Int, age: Duration, wish: Duration? = nil, spread: Double
  ) -> Duration? {
    guard Self.pauses.indices.contains(attempt - 1) else { return nil }
    let own = Self.pauses[attempt - 1] * (1 + 0.2 * spread)
    let pause = max(own, wish ?? .zero)
    return age + pause <= maximumAge ? pause : nil
  }
}
