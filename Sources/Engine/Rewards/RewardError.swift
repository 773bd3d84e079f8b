/// Why a judge cannot be used; `description` says what to do about it.
package enum RewardError: Error, Equatable, CustomStringConvertible {
  /// A judge's folder or file.
  case unusable(path: String, reason: String)
  /// A judge gave what is no number.
  case notFinite(JudgeKind)
  /// A judge could not look at a picture.
  case failed(JudgeKind, reason: String)

  package var description: String {
    switch self {
    case .unusable(let path, let reason): "the judge \(path) cannot be used: \(reason)"
    case .notFinite(let judge):
      "the \(judge.rawValue) judge gave values that are not numbers; check its weights, or switch it"
        + " off"
    case .failed(let judge, let reason):
      "the \(judge.rawValue) judge failed: \(reason)"
    }
  }
}
