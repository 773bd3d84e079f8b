import Checkpoints
import Glibc

/// Where a score stands among the scores of held-out edits.
package struct Calibration: Sendable, Equatable {
  /// Standardised scores at 0%, 1% … 100% of the held-out edits, ascending; `nil` takes the standard
  /// normal distribution, for judges that come without the file.
  package let quantiles: [Double]?

  /// Of a judge without held-out edits of its own: scores are standardised, so that the normal
  /// distribution is the natural guess.
  package static let normal = Calibration(unchecked: nil)

  private init(unchecked quantiles: [Double]?) {
    self.quantiles = quantiles
  }

  /// - Parameter quantiles: 101 finite numbers, none lower than the one before.
  /// - Throws: `RewardError.unusable` for others.
  package init(quantiles: [Double], path: String = "calibration") throws(RewardError) {
    guard quantiles.count == 101, quantiles.allSatisfy(\.isFinite),
      zip(quantiles, quantiles.dropFirst()).allSatisfy({ $0 <= $1 })
    else {
      throw .unusable(
        path: path, reason: "\"quantiles\" must be 101 ascending numbers; calibrate the judge again"
      )
    }
    self.init(unchecked: quantiles)
  }

  /// Reads `{"quantiles": […]}`.
  package init(contentsOf path: String) throws(RewardError) {
    let members: JSONObject
    do throws(CheckpointError) {
      members = try JSONFile.object(at: path)
    } catch {
      throw .unusable(path: path, reason: error.description)
    }
    guard case .array(let values)? = members["quantiles"] else {
      throw .unusable(path: path, reason: "it has no \"quantiles\"; calibrate the judge again")
    }
    try self.init(quantiles: values.compactMap(\.double), path: path)
  }

  /// The share of held-out edits that score lower, 0...1; between quantiles by a straight line, on
  /// a run of equal quantiles in its middle.
  package func share(below score: Double) -> Double {
    guard let quantiles else { return 0.5 * erfc(-score / 2.0.squareRoot()) }
    let notLower = quantiles.firstIndex { $0 >= score } ?? 101
    let notHigher = (quantiles.firstIndex { $0 > score } ?? 101) - 1
    if notLower > 100 { return 1 }
    if notHigher < 0 { return 0 }
    guard notHigher < notLower else { return Double(notLower + notHigher) / 200 }
    let (low, high) = (quantiles[notHigher], quantiles[notLower])
    return (Double(notHigher) + (score - low) / (high - low)) / 100
  }
}

extension JSONValue {
  /// A number of either notation.
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
