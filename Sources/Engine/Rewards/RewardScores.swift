/// What one judge says of one picture.
package struct RewardScore: Sendable, Equatable {
  /// The judge's own value, standardised on held-out pictures: mean 0, deviation 1 there.
  package var raw: Double
  /// The share of held-out edits that score lower, 0...1.
  package var calibrated: Double

  package init(raw: Double, calibrated: Double) {
    self.raw = raw
    self.calibrated = calibrated
  }
}

/// What the judges say of one picture; a judge that is switched off says nothing.
package struct RewardScores: Sendable, Equatable {
  package var aesthetic: RewardScore?
  package var alignment: RewardScore?
  package var coherence: RewardScore?

  package init(
    aesthetic: RewardScore? = nil, alignment: RewardScore? = nil, coherence: RewardScore? = nil
  ) {
    self.aesthetic = aesthetic
    self.alignment = alignment
    self.coherence = coherence
  }

  package subscript(judge: JudgeKind) -> RewardScore? {
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
