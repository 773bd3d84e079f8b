import Glibc
import Locks

/// Dates as HTTP writes them (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
  private static let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// `seconds` since 1970, not negative; the civil date after Howard Hinnant's algorithm.
  package static func format(_ seconds: Int) -> String {
    let (days, second) = max(seconds, 0).quotientAndRemainder(dividingBy: 86_400)
    let (year, month, day) = civil(days)
    let time = [second / 3600, second / 60 % 60, second % 60].map(twoDigits)
    return "\(Self.days[days % 7]), \(twoDigits(day)) \(months[month - 1]) \(year) "
      + time.joined(separator: ":") + " GMT"
  }

  private static func twoDigits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }

  private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
  }

  private static let cache = Lock<(second: Int, text: String)>((-1, ""))

  /// The current date, formatted anew once a second.
  package static var now: String {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME_COARSE, &time)
    let second = time.tv_sec
    return cache.withLock { cached in
      if cached.second != second { cached = (second, format(second)) }
      return cached.text
    }
  }
}
