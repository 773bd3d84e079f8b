/// How much of an edited picture a judge looks at.
package enum JudgeView: String, Codable, Sendable, CaseIterable {
  /// All of it.
  case picture
  /// The square around the hole; all of it where no hole is given.
  case hole
}
