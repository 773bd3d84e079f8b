package import Tensors

/// Values in double precision and row-major order: what the plain twins of operations work on.
package struct Doubles: Sendable {
  package var values: [Double]
  package let shape: [Int]

  package init(_ values: [Double], _ shape: [Int]) {
    precondition(values.count == shape.reduce(1, *), "\(values.count) values for \(shape)")
    (self.values, self.shape) = (values, shape)
  }

  package init(_ tensor: Tensor) {
    self.init(tensor.values.map { Double($0) }, tensor.shape.extents)
  }

  /// Values made one by one from their indices.
  package init(_ shape: [Int], _ value: ([Int]) -> Double) {
    var index = [Int](repeating: 0, count: shape.count)
    let values = (0..<shape.reduce(1, *)).map { _ in
      defer {
        for axis in shape.indices.reversed() {
          index[axis] += 1
          if index[axis] < shape[axis] { break }
          index[axis] = 0
        }
      }
      return value(index)
    }
    self.init(values, shape)
  }

  /// The value at an index; indices align at the last axis, and an axis of extent 1 has the same
  /// value everywhere.
  package subscript(_ index: [Int]) -> Double {
    var position = 0
    for axis in shape.indices {
      let at = index[axis + index.count - shape.count]
      position = position * shape[axis] + (shape[axis] == 1 ? 0 : at)
    }
    return values[position]
  }

  package subscript(_ index: Int...) -> Double {
    get { values[zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }] }
    set { values[zip(index, shape).reduce(0) { $0 * $1.1 + $1.0 }] = newValue }
  }

  package func map(_ function: (Double) -> Double) -> Doubles {
    Doubles(values.map(function), shape)
  }

  /// Two of them joined, broadcast at the last axes.
  package func joined(_ other: Doubles, _ function: (Double, Double) -> Double) -> Doubles {
    if shape == other.shape { return Doubles(zip(values, other.values).map(function), shape) }
    let rank = max(shape.count, other.shape.count)
    func aligned(_ shape: [Int]) -> [Int] { [Int](repeating: 1, count: rank - shape.count) + shape }
    let whole = zip(aligned(shape), aligned(other.shape)).map { max($0, $1) }
    return Doubles(whole) { function(self[$0], other[$0]) }
  }

  package func reshaped(_ shape: [Int]) -> Doubles { Doubles(values, shape) }

  package static func + (a: Doubles, b: Doubles) -> Doubles { a.joined(b, +) }
  package static func * (a: Doubles, b: Doubles) -> Doubles { a.joined(b, *) }
}
