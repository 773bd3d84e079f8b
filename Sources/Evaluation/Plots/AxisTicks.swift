import Foundation

/// Round numbers along an axis: steps of 1, 2 or 5 times a power of ten.
package struct AxisTicks: Sendable, Equatable {
  /// What the axis shows; it begins and ends at a tick.
  package let range: ClosedRange<Double>
  package let values: [Double]
  /// Digits behind the point that tell the ticks apart.
  private let digits: Int

  /// - Parameters:
  ///   - range: what must be visible; widened where it is a point.
  ///   - count: about how many steps.
  package init(covering range: ClosedRange<Double>, count: Int = 5) {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    if upper - lower < 1e-12 * max(1, abs(lower)) {
      let margin = max(abs(lower) * 0.1, 0.5)
      (lower, upper) = (lower - margin, upper + margin)
    }
    let step = Self.roundStep((upper - lower) / Double(max(count, 1)))
    let (first, last) = ((lower / step + 1e-9).rounded(.down), (upper / step - 1e-9).rounded(.up))
    values = (0...Int(last - first)).map { (first + Double($0)) * step }
    self.range = first * step...last * step
    digits = max(0, Int(-Foundation.log10(step).rounded(.down)))
  }

  package var labels: [String] { values.map { fixed($0, digits: digits) } }

  /// The smallest of 1, 2, 5 and 10 times a power of ten that is not below the width.
  private static func roundStep(_ width: Double) -> Double {
    let power = Foundation.pow(10, Foundation.log10(width).rounded(.down))
    let factor = [1.0, 2, 5, 10].first { $0 * power >= width * (1 - 1e-9) } ?? 10
    return factor * power
  }
}

/// A number with as many digits behind the point, whatever the locale; zero has no sign.
func fixed(_ value: Double, digits: Int) -> String {
  let text = String(format: "%.\(digits)f", locale: Locale(identifier: "en_US_POSIX"), value)
  return text.hasPrefix("-") && !text.contains(where: { ("1"..."9").contains($0) })
    ? String(text.dropFirst()) : text
}
