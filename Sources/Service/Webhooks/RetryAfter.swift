import Jobs

/// How long a receiver wants to be left alone (RFC 9110, section 10.2.3): seconds, or a moment.
enum RetryAfter {
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `nil` for what is neither; a moment that has passed is no wait.
  static func read(_ text: String, now: Timestamp) -> Duration? {
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      return .seconds(min(Int64(text) ?? .max, 365 * 86_400))
    }
    guard let moment = moment(text) else { return nil }
    return .milliseconds(max(0, moment.milliseconds - now.milliseconds))
  }

  /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that is still made.
  private static func moment(_ text: String) -> Timestamp? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[0].hasSuffix(","), parts[5] == "GMT",
      let month = months.firstIndex(of: String(parts[2])), parts[1].count == 2, parts[3].count == 4
    else { return nil }
    let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
    return Timestamp(rfc3339: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
  }
}
