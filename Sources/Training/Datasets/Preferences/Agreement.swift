/// How far annotators agree.
package enum Agreement {
  /// Krippendorff's alpha for categories: 1 = always, 0 = as by chance, below it worse than that.
  ///
  /// - Parameter units: the categories that each unit was given, by however many annotators; units
  ///   with fewer than two say nothing. Nil where no unit has two, or only one category occurs.
  ///
  /// Source: Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability", section C.
  package static func krippendorffAlpha<Category: Hashable>(_ units: [[Category]]) -> Double? {
    var totals: [Category: Double] = [:]
    var disagreeing = 0.0
    for unit in units where unit.count > 1 {
      var counts: [Category: Double] = [:]
      for category in unit { counts[category, default: 0] += 1 }
      for (category, count) in counts { totals[category, default: 0] += count }
      let number = Double(unit.count)
      // Pairs of different categories, each value weighted so that a unit counts as its values do.
      disagreeing += (number * number - counts.values.map { $0 * $0 }.sum) / (number - 1)
    }
    let all = totals.values.sum
    let expected = (all * all - totals.values.map { $0 * $0 }.sum) / (all - 1)
    guard all > 1, expected > 0 else { return nil }
    return 1 - disagreeing / expected
  }

  /// Cohen's kappa of two annotators who judged the same units; nil where there are none, or
  /// where both always gave one and the same category.
  ///
  /// Source: Cohen 1960, "A coefficient of agreement for nominal scales".
  package static func cohenKappa<Category: Hashable>(
    _ pairs: [(first: Category, second: Category)]
  ) -> Double? {
    guard !pairs.isEmpty else { return nil }
    let count = Double(pairs.count)
    var first: [Category: Double] = [:]
    var second: [Category: Double] = [:]
    for pair in pairs {
      first[pair.first, default: 0] += 1 / count
      second[pair.second, default: 0] += 1 / count
    }
    let observed = Double(pairs.count { $0.first == $0.second }) / count
    let expected = first.map { $0.value * (second[$0.key] ?? 0) }.sum
    return expected < 1 ? (observed - expected) / (1 - expected) : nil
  }
}

extension Sequence<Double> {
  /// The sum in ascending order, so that a dictionary's order does not change the last digit.
  fileprivate var sum: Double { sorted().reduce(0, +) }
}

/// How far the annotators of a preference file agree about pairs of candidates.
package struct PreferenceAgreement: Sendable, Codable, Equatable {
  /// Pairs of candidates that at least two annotators compared.
  package let pairs: Int
  /// The share of two annotators' comparisons that are the same, over all pairs of annotators.
  package let share: Double?
  /// Of which of the two is better, nominal; each pair enters in both orders, so that the
  /// pictures' names play no part and chance is exactly one half.
  package let alpha: Double?
  /// Cohen's kappa by the two annotators' names joined with " / ", pairs in both orders.
  package let kappa: [String: Double]

  package init(_ preferences: [Preference]) {
    let votes = Self.votes(preferences)
    let units = votes.map { Array($0.values) }.filter { $0.count > 1 }
    pairs = units.count
    alpha = Agreement.krippendorffAlpha(units + units.map { $0.map { !$0 } })
    var byAnnotators: [String: [(first: Bool, second: Bool)]] = [:]
    for unit in votes {
      let names = unit.keys.sorted()
      for (place, first) in names.enumerated() {
        for second in names[(place + 1)...] {
          guard let one = unit[first], let other = unit[second] else { continue }
          byAnnotators["\(first) / \(second)", default: []] += [(one, other), (!one, !other)]
        }
      }
    }
    kappa = byAnnotators.compactMapValues { Agreement.cohenKappa($0) }
    let all = byAnnotators.values.joined()
    share = all.isEmpty ? nil : Double(all.count { $0.first == $0.second }) / Double(all.count)
  }

  /// For every pair of an edit's candidates whether each annotator preferred the one whose name
  /// comes first.
  private static func votes(_ preferences: [Preference]) -> [[String: Bool]] {
    struct Pair: Hashable {
      var id: String
      var first: PictureReference
      var second: PictureReference
    }
    var votes: [Pair: [String: Bool]] = [:]
    for preference in preferences {
      for comparison in preference.comparisons {
        let isFirst = comparison.better.description < comparison.worse.description
        let pair = Pair(
          id: preference.id, first: isFirst ? comparison.better : comparison.worse,
          second: isFirst ? comparison.worse : comparison.better)
        votes[pair, default: [:]][preference.annotator] = isFirst
      }
    }
    return votes.sorted { one, other in
      (one.key.id, one.key.first.description, one.key.second.description)
        < (other.key.id, other.key.first.description, other.key.second.description)
    }.map(\.value)
  }
}
