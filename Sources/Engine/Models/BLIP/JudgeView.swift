/// How much of an edited picture a judge looks at.
package enum JudgeView: String, Codable, Sendable, CaseIterable {
  /// All of it.
  case picture
  /// The square around the hole; all of it where no hole is given.
  case hole
  /// All of it, and the square around the hole: the reward is the mean of the two.
  case both

  /// How many pictures it takes to show one edit.
  package var frames: Int { self == .both ? 2 : 1 }
}
