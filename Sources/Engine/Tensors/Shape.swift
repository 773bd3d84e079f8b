/// The extent of each axis, outermost first.
package struct Shape: Sendable, Hashable, ExpressibleByArrayLiteral, CustomStringConvertible {
  package let extents: [Int]

  package init(_ extents: [Int]) {
    precondition(extents.allSatisfy { $0 >= 0 }, "an axis cannot have a negative extent")
    self.extents = extents
  }

  package init(arrayLiteral elements: Int...) { self.init(elements) }

  package var rank: Int { extents.count }

  /// How many values a tensor of this shape holds.
  package var count: Int { extents.reduce(1, *) }

  /// The extent of an axis; negative axes count from the last.
  package subscript(axis: Int) -> Int { extents[axis < 0 ? axis + rank : axis] }

  package var description: String { "\(extents)" }

  /// How many values lie between neighbours along each axis of a contiguous tensor.
  package var strides: [Int] {
    var strides = [Int](repeating: 1, count: rank)
    for axis in stride(from: rank - 2, through: 0, by: -1) {
      strides[axis] = strides[axis + 1] * extents[axis + 1]
    }
    return strides
  }

  /// The product of the extents in a range of axes.
  package func count(of axes: Range<Int>) -> Int { extents[axes].reduce(1, *) }

  package func replacing(axis: Int, with extent: Int) -> Shape {
    var extents = extents
    extents[axis < 0 ? axis + rank : axis] = extent
    return Shape(extents)
  }

  /// The shape both broadcast to, aligned at the last axis; nil where extents clash.
  package static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    var extents: [Int] = []
    for axis in 0..<max(a.rank, b.rank) {
      let left = axis < a.rank ? a.extents[a.rank - 1 - axis] : 1
      let right = axis < b.rank ? b.extents[b.rank - 1 - axis] : 1
      guard left == right || left == 1 || right == 1 else { return nil }
      extents.append(left == 1 ? right : left)
    }
    return Shape(extents.reversed())
  }
}
