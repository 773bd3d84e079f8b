/// Points of equal width in one piece, `[count, width]`.
package struct PointSet: Sendable, Equatable {
  package let count: Int
  package let width: Int
  package var values: [Float]

  /// Throws where the values do not fill whole points, or are not all finite.
  package init(width: Int, values: [Float]) throws(DatasetError) {
    guard width > 0, values.count % width == 0 else {
      throw .invalidSetting(
        name: "points", reason: "\(values.count) values are no points of width \(width)")
    }
    guard values.allSatisfy(\.isFinite) else {
      throw .invalidSetting(name: "points", reason: "a value is not finite")
    }
    (self.width, self.values, count) = (width, values, values.count / width)
  }

  private init(width: Int, count: Int, values: [Float]) {
    (self.width, self.count, self.values) = (width, count, values)
  }

  package subscript(index: Int) -> ArraySlice<Float> {
    values[index * width..<(index + 1) * width]
  }

  /// Those at the indices, in their order.
  package func picked(_ indices: [Int]) -> PointSet {
    PointSet(width: width, count: indices.count, values: indices.flatMap { self[$0] })
  }

  /// Every point at length 1; zero stays zero.
  package func normalized() -> PointSet {
    var result = self
    for index in 0..<count {
      let length = self[index].reduce(0) { $0 + $1 * $1 }.squareRoot()
      guard length > 0 else { continue }
      for k in index * width..<(index + 1) * width { result.values[k] /= length }
    }
    return result
  }

  /// The squared distance of a point to one of another set, in double precision.
  package func squaredDistance(_ index: Int, to other: PointSet, _ otherIndex: Int) -> Double {
    values.withUnsafeBufferPointer { mine in
      other.values.withUnsafeBufferPointer { theirs in
        var sum = 0.0
        for k in 0..<width {
          let difference = Double(mine[index * width + k]) - Double(theirs[otherIndex * width + k])
          sum += difference * difference
        }
        return sum
      }
    }
  }
}
