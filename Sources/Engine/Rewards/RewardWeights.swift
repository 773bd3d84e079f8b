/// How much each judge counts when candidates are compared.
package struct RewardWeights: Sendable, Equatable {
  package var aesthetic: Double
  package var alignment: Double
  package var coherence: Double

  /// Weights are finite and not negative; only their ratios matter.
  package init(aesthetic: Double = 0, alignment: Double = 0, coherence: Double = 0) {
    self.aesthetic = aesthetic
    self.alignment = alignment
    self.coherence = coherence
  }

  /// Every judge counts the same.
  package static let equal = RewardWeights(aesthetic: 1, alignment: 1, coherence: 1)

  /// Where nobody says how much each counts: alignment most, the others where it hardly differs.
  ///
  /// Chosen and then measured by a probe, docs/evidence.md.
  package static let standard = RewardWeights(aesthetic: 0.25, alignment: 1, coherence: 0.1)

  package subscript(judge: JudgeKind) -> Double {
    get {
      switch judge {
      case .aesthetic: aesthetic
      case .alignment: alignment
      case .coherence: coherence
      }
    }
    set {
      switch judge {
      case .aesthetic: aesthetic = newValue
      case .alignment: alignment = newValue
      case .coherence: coherence = newValue
      }
    }
  }
}

extension RewardScores {
  /// The weighted mean of the calibrated scores, 0...1, over the judges that said something.
  ///
  /// `nil` where none of those said anything that count.
  package func combined(_ weights: RewardWeights = .standard) -> Double? {
    var (sum, total) = (0.0, 0.0)
    for judge in JudgeKind.allCases {
      guard let score = self[judge], weights[judge] > 0 else { continue }
      sum += weights[judge] * score.calibrated
      total += weights[judge]
    }
    return total > 0 ? sum / total : nil
  }
}
