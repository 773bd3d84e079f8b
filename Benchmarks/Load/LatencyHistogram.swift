/// Counts nanoseconds in buckets of a relative width below 1.6% (64 of them in each power of two).
struct LatencyHistogram {
  private static let bits = 6
  private var counts = [UInt64](repeating: 0, count: (65 - Self.bits) << Self.bits)
  private(set) var count: UInt64 = 0
  private(set) var largest: UInt64 = 0

  mutating func record(_ nanoseconds: UInt64) {
    counts[Self.bucket(nanoseconds)] += 1
    count += 1
    largest = max(largest, nanoseconds)
  }

  private static func bucket(_ value: UInt64) -> Int {
    guard value >= 1 << bits else { return Int(value) }
    let exponent = 63 - value.leadingZeroBitCount - bits
    return (exponent + 1) << bits + Int(value >> UInt64(exponent)) - 1 << bits
  }

  /// The upper end of the bucket that holds the value at `share` of all, in nanoseconds.
  func percentile(_ share: Double) -> UInt64 {
    guard count > 0 else { return 0 }
    let rank = max(1, UInt64((share * Double(count)).rounded(.up)))
    var seen: UInt64 = 0
    for (bucket, number) in counts.enumerated() {
      seen += number
      if seen >= rank { return min(Self.upperEnd(bucket), largest) }
    }
    return largest
  }

  private static func upperEnd(_ bucket: Int) -> UInt64 {
    guard bucket >= 1 << bits else { return UInt64(bucket) }
    let exponent = bucket >> bits - 1
    let mantissa = UInt64(bucket & (1 << bits - 1)) + 1 << UInt64(bits)
    return (mantissa + 1) << UInt64(exponent) - 1
  }
}
