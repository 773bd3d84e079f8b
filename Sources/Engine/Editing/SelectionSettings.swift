package import Rewards

/// Which of the drawn candidates come back, and when more are drawn.
package struct SelectionSettings: Sendable, Equatable {
  /// How many of the best come back, `count` at most; `nil` is all.
  package var returned: Int?
  /// How much each judge counts; `nil` counts those that are there the same.
  package var weights: RewardWeights?
  /// The combined score, 0...1, that every returned candidate shall have.
  package var minimumScore: Double?
  /// Candidates that are drawn beyond `count`, one by one, as long as too few reach
  /// `minimumScore`.
  package var retries = 4
  /// Without enough good candidates: fail, instead of returning the best with a warning.
  package var failsBelowMinimum = false

  package init() {}
}

extension SelectionSettings {
  /// Refuses what could not be done with these judges.
  /// - Throws: `EditError.invalidRequest`.
  func check(count: Int, hasPrompt: Bool, judges: Judges) throws(EditError) {
    guard (1...max(1, count)).contains(returned ?? count) else {
      throw .invalidRequest(field: "return", detail: "must be 1 to n, which is \(count)")
    }
    guard (0...20).contains(retries) else {
      throw .invalidRequest(field: "retries", detail: "must be 0 to 20")
    }
    guard (0...1).contains(minimumScore ?? 0) else {
      throw .invalidRequest(field: "min_score", detail: "must be 0 to 1")
    }
    try weights?.check(judges)
    guard let field = selectingField(count: count) else { return }
    guard judges.canCombine(weights ?? .standard, hasPrompt: hasPrompt) else {
      throw .invalidRequest(
        field: field, detail: "needs scores, and no judge that counts can give one here")
    }
  }

  /// The field by which the request asks for scores; `nil` where it goes without.
  private func selectingField(count: Int) -> String? {
    if weights != nil { return "select" }
    if minimumScore != nil { return "min_score" }
    return (returned ?? count) < count ? "return" : nil
  }
}

extension RewardWeights {
  /// Refuses weights of judges that are not there.
  func check(_ judges: Judges) throws(EditError) {
    for judge in JudgeKind.allCases {
      guard self[judge].isFinite, self[judge] >= 0 else {
        throw .invalidRequest(
          field: "select", detail: "the weight of \(judge.rawValue) must be a number of 0 or more")
      }
      guard self[judge] == 0 || judges[judge] != nil else {
        throw .invalidRequest(
          field: "select", detail: "the \(judge.rawValue) judge is off; give it no weight")
      }
    }
  }
}
