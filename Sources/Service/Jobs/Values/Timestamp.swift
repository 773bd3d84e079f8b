/// A moment in milliseconds since 1970-01-01T00:00:00Z; on the wire an RFC 3339 date-time in UTC.
package struct Timestamp: Sendable, Hashable, Comparable {
  package let milliseconds: Int64

  package init(milliseconds: Int64) {
    self.milliseconds = milliseconds
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.milliseconds < right.milliseconds
  }

  /// Adds a span of time, held at the ends of the range instead of overflowing.
  package static func + (moment: Timestamp, span: Duration) -> Timestamp {
    let (sum, overflow) = moment.milliseconds.addingReportingOverflow(span.wholeMilliseconds)
    guard overflow else { return Timestamp(milliseconds: sum) }
    return Timestamp(milliseconds: span < .zero ? .min : .max)
  }

  package static func - (moment: Timestamp, span: Duration) -> Timestamp {
    moment + (.zero - span)
  }

  /// The time from `earlier` to this moment in seconds, negative when `earlier` is later.
  package func seconds(since earlier: Timestamp) -> Double {
    (Double(milliseconds) - Double(earlier.milliseconds)) / 1000
  }
}

extension Duration {
  /// Milliseconds, rounded down; held at the ends of `Int64`.
  package var wholeMilliseconds: Int64 {
    let (seconds, attoseconds) = components
    let (thousands, overflow) = seconds.multipliedReportingOverflow(by: 1000)
    guard !overflow else { return seconds < 0 ? .min : .max }
    let (sum, carried) = thousands.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
    return carried ? (seconds < 0 ? .min : .max) : sum
  }

  package var inSeconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }
}

extension Timestamp: Codable {
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let value = Timestamp(rfc3339: text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is not an RFC 3339 date-time")
    }
    self = value
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(rfc3339)
  }
}
