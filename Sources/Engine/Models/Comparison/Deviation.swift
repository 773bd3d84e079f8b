import Tensors

/// How far values are from those that they should be.
struct Deviation {
  private var squares = 0.0
  private var reference = 0.0
  private(set) var largest = 0.0

  init() {}

  init(of values: Tensor, from reference: Tensor) {
    self.init()
    values.withUnsafeBufferPointer { values in
      reference.withUnsafeBufferPointer { reference in
        for (value, wanted) in zip(values, reference) {
          let difference = Double(value) - Double(wanted)
          squares += difference * difference
          self.reference += Double(wanted) * Double(wanted)
          largest = max(largest, abs(difference))
        }
      }
    }
  }

  /// The Frobenius norm of the differences over that of the reference.
  var relative: Double {
    squares == 0 ? 0 : (squares / max(reference, .leastNormalMagnitude)).squareRoot()
  }

  mutating func add(_ other: Deviation) {
    squares += other.squares
    reference += other.reference
    largest = max(largest, other.largest)
  }
}
