/// Mean and deviation of what was added, in one pass.
///
/// Source: Welford 1962.
package struct Moments: Sendable, Equatable {
  package private(set) var count = 0
  package private(set) var mean = 0.0
  private var squares = 0.0

  package init() {}

  package init(_ values: some Sequence<Double>) {
    for value in values { add(value) }
  }

  package mutating func add(_ value: Double) {
    count += 1
    let distance = value - mean
    mean += distance / Double(count)
    squares += distance * (value - mean)
  }

  /// The root of the mean squared distance from the mean; 0 for fewer than two values.
  package var deviation: Double { count > 1 ? (squares / Double(count)).squareRoot() : 0 }
}
