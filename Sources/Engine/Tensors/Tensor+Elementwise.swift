import CKernels
import Compute

typealias Map2 = (
  UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int
)
  -> Void

extension Tensor {
  // MARK: Two tensors, broadcast at the last axes

  package static func + (a: Tensor, b: Tensor) -> Tensor {
    map2(a, b, Kernels.active.add).recorded("+", [a, b]) {
      [left = a.watchedShape, right = b.watchedShape] gradient in
      [left.map { gradient.summed(to: $0) }, right.map { gradient.summed(to: $0) }]
    }
  }

  package static func - (a: Tensor, b: Tensor) -> Tensor {
    map2(a, b, Kernels.active.subtract).recorded("-", [a, b]) {
      [left = a.watchedShape, right = b.watchedShape] gradient in
      [left.map { gradient.summed(to: $0) }, right.map { gradient.summed(to: $0) * -1 }]
    }
  }

  package static func * (a: Tensor, b: Tensor) -> Tensor {
    map2(a, b, Kernels.active.multiply).recorded("*", [a, b]) {
      [
        left = a.watchedShape, right = b.watchedShape, a = a.kept(for: b), b = b.kept(for: a)
      ] gradient in
      [
        left.map { shape in b.map { (gradient * $0).summed(to: shape) } } ?? nil,
        right.map { shape in a.map { (gradient * $0).summed(to: shape) } } ?? nil,
      ]
    }
  }

  package static func / (a: Tensor, b: Tensor) -> Tensor {
    map2(a, b, Kernels.active.divide).recorded("/", [a, b]) {
      [
        left = a.watchedShape, right = b.watchedShape, a = a.kept(for: b), b = b.detached
      ] gradient in
      let toLeft = gradient / b
      return [
        left.map { toLeft.summed(to: $0) },
        right.map { shape in a.map { (toLeft * $0 / b).summed(to: shape) * -1 } } ?? nil,
      ]
    }
  }

  /// The larger of two values; where they are equal, both get half of the gradient, as in torch.
  package static func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
    chosen("maximum", a, b, Kernels.active.maximum) { map2($0, $1, Kernels.active.larger_share) }
  }

  /// The smaller of two values; where they are equal, both get half of the gradient, as in torch.
  package static func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
    chosen("minimum", a, b, Kernels.active.minimum) { map2($1, $0, Kernels.active.larger_share) }
  }

  /// - Parameter share: how much of each value was taken from the first tensor.
  private static func chosen(
    _ operation: String, _ a: Tensor, _ b: Tensor, _ kernel: Map2,
    share: @escaping @Sendable (Tensor, Tensor) -> Tensor
  ) -> Tensor {
    map2(a, b, kernel).recorded(operation, [a, b]) { [a = a.detached, b = b.detached] gradient in
      let toLeft = gradient * share(a, b)
      return [toLeft.summed(to: a.shape), (gradient - toLeft).summed(to: b.shape)]
    }
  }

  /// The shape in which a gradient is wanted; nil where none is.
  var watchedShape: Shape? { isWatched ? shape : nil }

  /// The values, off the tape, where the gradient of `other` needs them.
  private func kept(for other: Tensor) -> Tensor? { other.isWatched ? detached : nil }

  // MARK: A tensor and a number

  package static func * (a: Tensor, scale: Float) -> Tensor { a.affine(scale, 0) }
  package static func * (scale: Float, a: Tensor) -> Tensor { a.affine(scale, 0) }
  package static func / (a: Tensor, divisor: Float) -> Tensor { a.affine(1 / divisor, 0) }
  package static func + (a: Tensor, offset: Float) -> Tensor { a.affine(1, offset) }
  package static func - (a: Tensor, offset: Float) -> Tensor { a.affine(1, -offset) }
  package static prefix func - (a: Tensor) -> Tensor { a.affine(-1, 0) }

  /// Scales and shifts each value: scale * x + offset.
  package func affine(_ scale: Float, _ offset: Float) -> Tensor {
    map { x, out, n in Kernels.active.affine(x, scale, offset, out, n) }
      .recorded("affine", [self]) { gradient in [gradient.affine(scale, 0)] }
  }

  /// alpha * self + beta * other, of one shape, in one pass.
  package func scaled(_ alpha: Float, adding other: Tensor, scaled beta: Float) -> Tensor {
    precondition(shape == other.shape, "cannot add \(shape) and \(other.shape)")
    let kernel = Kernels.active.scaled_add
    return Self.map2(self, other) { a, b, out, n in kernel(a, alpha, b, beta, out, n) }
      .recorded("scaled add", [self, other]) { [isWatched, other = other.isWatched] gradient in
        [isWatched ? gradient * alpha : nil, other ? gradient * beta : nil]
      }
  }

  // MARK: Applying kernels

  /// A new tensor, filled chunk by chunk; chunks are cut by the count alone.
  package func map(
    _ kernel: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) -> Tensor {
    withPointer { x in
      Tensor(shape: shape) { target in
        guard let out = target.baseAddress else { return }
        ThreadTeam.current.forEachRange(target.count) { range in
          kernel(x + range.lowerBound, out + range.lowerBound, range.count)
        }
      }
    }
  }

  /// The same with a second tensor of this shape.
  package func map(
    with other: Tensor,
    _ kernel: (
      UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int
    ) -> Void
  ) -> Tensor {
    precondition(shape == other.shape, "shapes \(shape) and \(other.shape) differ")
    return Self.map2(self, other, kernel)
  }

  /// A kernel over two tensors, broadcast at the last axes.
  static func map2(_ a: Tensor, _ b: Tensor, _ kernel: Map2) -> Tensor {
    guard a.shape != b.shape else {
      return b.withPointer { right in
        a.withPointer { left in
          Tensor(shape: a.shape) { target in
            guard let out = target.baseAddress else { return }
            ThreadTeam.current.forEachRange(target.count) { range in
              let start = range.lowerBound
              kernel(left + start, right + start, out + start, range.count)
            }
          }
        }
      }
    }
    return Broadcast(a.shape, b.shape).apply(a, b, kernel)
  }
}

/// Two operands of different shapes: rows of the innermost axes on which both agree, found by
/// strides that are zero along broadcast axes.
private struct Broadcast {
  let shape: Shape
  let run: Int
  let outer: [Int]
  let left: [Int]
  let right: [Int]

  init(_ a: Shape, _ b: Shape) {
    guard let shape = Shape.broadcast(a, b) else {
      preconditionFailure("shapes \(a) and \(b) do not broadcast")
    }
    self.shape = shape
    let left = Self.strides(of: a, in: shape)
    let right = Self.strides(of: b, in: shape)
    let strides = shape.strides
    var axis = shape.rank
    while axis > 0,
      shape[axis - 1] == 1
        || (left[axis - 1] == strides[axis - 1] && right[axis - 1] == strides[axis - 1])
    { axis -= 1 }
    run = shape.count(of: axis..<shape.rank)
    outer = Array(shape.extents[..<axis])
    self.left = Array(left[..<axis])
    self.right = Array(right[..<axis])
  }

  private static func strides(of operand: Shape, in shape: Shape) -> [Int] {
    let own = operand.strides
    let missing = shape.rank - operand.rank
    return (0..<shape.rank).map { axis in
      axis < missing || operand[axis - missing] == 1 ? 0 : own[axis - missing]
    }
  }

  func apply(_ a: Tensor, _ b: Tensor, _ kernel: Map2) -> Tensor {
    let rows = outer.reduce(1, *)
    return a.withPointer { left in
      b.withPointer { right in
        Tensor(shape: shape) { target in
          guard let out = target.baseAddress, run > 0 else { return }
          ThreadTeam.current.forEachRange(rows, of: max(1, 16_384 / run)) { range in
            for row in range {
              let (i, j) = offsets(row)
              kernel(left + i, right + j, out + row * run, run)
            }
          }
        }
      }
    }
  }

  private func offsets(_ row: Int) -> (Int, Int) {
    var rest = row
    var offsets = (0, 0)
    for axis in stride(from: outer.count - 1, through: 0, by: -1) {
      let index = rest % outer[axis]
      rest /= outer[axis]
      offsets.0 += index * left[axis]
      offsets.1 += index * right[axis]
    }
    return offsets
  }
}
