package import Rewards

/// A stage of training that makes one judge.
package enum JudgeRecipe: String, CaseIterable, Sendable {
  case aesthetic
  case alignment
  case coherence

  /// The judge that the stage makes.
  package var judge: JudgeKind {
    switch self {
    case .aesthetic: .aesthetic
    case .alignment: .alignment
    case .coherence: .coherence
    }
  }
}
