/// How often a judge puts the better of two first; a tie counts as half.
package struct PairAccuracy: Sendable, Equatable {
  /// Pairs that were judged.
  package private(set) var count = 0
  private var right = 0.0

  package init() {}

  /// 0...1; nothing before the first pair.
  package var value: Double? { count > 0 ? right / Double(count) : nil }

  package mutating func add(better: Double, worse: Double) {
    count += 1
    right += better > worse ? 1 : better == worse ? 0.5 : 0
  }
}
