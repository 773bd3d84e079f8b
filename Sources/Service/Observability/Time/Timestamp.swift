/// A wall time as RFC 3339 writes it in UTC, to the millisecond: `2026-11-23T16:22:27.636Z`.
package struct Timestamp: CustomStringConvertible {
  private let seconds: Int64
  private let milliseconds: Int64

  /// - Parameter wall: time since 1970; what lies before year 0 or after 9999 is clamped.
  package init(_ wall: Duration) {
    let (seconds, attoseconds) = wall.components
    let borrows = attoseconds < 0
    self.seconds = min(max(seconds - (borrows ? 1 : 0), -62_167_219_200), 253_402_300_799)
    milliseconds = (attoseconds + (borrows ? 1_000_000_000_000_000_000 : 0)) / 1_000_000_000_000_000
  }

  package var description: String {
    let day = seconds.quotientRoundedDown(by: 86_400)
    let second = seconds - day * 86_400
    let (year, month, dayOfMonth) = Self.civil(day)
    return "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(dayOfMonth, 2))T"
      + "\(Self.padded(second / 3600, 2)):\(Self.padded(second / 60 % 60, 2)):"
      + "\(Self.padded(second % 60, 2)).\(Self.padded(milliseconds, 3))Z"
  }

  /// Year, month and day of a day count since 1970 in the proleptic Gregorian calendar, counted in
  /// eras of 400 years that begin on the first of March.
  private static func civil(_ day: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let shifted = day + 719_468
    let era = shifted.quotientRoundedDown(by: 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    return (year, month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
  }

  private static func padded(_ number: Int64, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}

extension Int64 {
  fileprivate func quotientRoundedDown(by divisor: Int64) -> Int64 {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? quotient - 1 : quotient
  }
}
