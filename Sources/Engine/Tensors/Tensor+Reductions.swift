import CKernels
import Compute

extension Tensor {
  /// The sum of all values, added up in double precision in an order fixed by the count.
  package func sum() -> Tensor {
    let total = withPointer { Kernels.active.sum($0, count) }
    return Tensor(Float(total)).recorded("sum", [self]) { [shape] gradient in
      [Tensor(repeating: gradient.values[0], shape: shape)]
    }
  }

  package func mean() -> Tensor { sum() / Float(max(count, 1)) }

  /// The sum along some axes, which stay with extent 1; negative axes count from the last.
  package func sum(axes: [Int]) -> Tensor {
    let target = axes.reduce(shape) { $0.replacing(axis: $1, with: 1) }
    return summed(to: target).recorded("sum", [self]) { [shape] gradient in
      [gradient.broadcast(to: shape)]
    }
  }

  /// The mean along some axes, which stay with extent 1; negative axes count from the last.
  package func mean(axes: [Int]) -> Tensor {
    let total = sum(axes: axes)
    return total * (Float(total.count) / Float(max(count, 1)))
  }

  /// The values repeated along axes of extent 1 or missing ones in front.
  package func broadcast(to target: Shape) -> Tensor {
    guard shape != target else { return self }
    precondition(
      Shape.broadcast(shape, target) == target, "cannot broadcast \(shape) to \(target)")
    let missing = [Int](repeating: 1, count: target.rank - shape.rank)
    let aligned = sharingValues(shape: Shape(missing + shape.extents))
    let result = Self.expanded(aligned, to: target)
    return result.recorded("broadcast", [self]) { [shape] gradient in [gradient.summed(to: shape)] }
  }

  /// Repeats axis by axis, innermost first, so that the later copies are of longer runs.
  private static func expanded(_ x: Tensor, to target: Shape) -> Tensor {
    var result = x
    for axis in (0..<target.rank).reversed() where result.shape[axis] != target[axis] {
      result = result.repeated(target[axis], axis: axis)
    }
    return result
  }

  private func repeated(_ times: Int, axis: Int) -> Tensor {
    let (outer, inner) = (shape.count(of: 0..<axis), shape.count(of: axis + 1..<shape.rank))
    return withPointer { x in
      Tensor(shape: shape.replacing(axis: axis, with: times)) { target in
        guard let out = target.baseAddress, target.count > 0 else { return }
        ThreadTeam.current.forEachRange(outer * times, of: max(1, 16_384 / inner)) { rows in
          for row in rows {
            let from = x + row / times * inner
            if inner == 1 {
              out[row] = from[0]
            } else {
              (out + row * inner).update(from: from, count: inner)
            }
          }
        }
      }
    }
  }

  /// The mean of each item of the first axis, shape `[batch, 1, ...]`.
  package func meanPerSample() -> Tensor { mean(axes: Array(1..<max(1, shape.rank))) }

  /// The sum of each item of the first axis, shape `[batch, 1, ...]`.
  package func sumPerSample() -> Tensor { sum(axes: Array(1..<max(1, shape.rank))) }

  /// The standard deviation of each item of the first axis (divided by count - 1, as torch does),
  /// shape `[batch, 1, ...]`.
  package func deviationPerSample() -> Tensor {
    let length = shape.count(of: 1..<shape.rank)
    let reduced = Shape([shape[0]] + [Int](repeating: 1, count: shape.rank - 1))
    let result = withPointer { x in
      Tensor(shape: reduced) { out in
        for sample in 0..<shape[0] {
          let mean = Kernels.active.sum(x + sample * length, length) / Double(length)
          let squares = Kernels.active.squared_deviation(x + sample * length, Float(mean), length)
          out[sample] = Float((squares / Double(max(1, length - 1))).squareRoot())
        }
      }
    }
    return result.recorded("deviation per sample", [self]) { [kept = detached] gradient in
      [(kept - kept.meanPerSample()) * (gradient / result / Float(max(1, length - 1)))]
    }
  }

  /// Broadcast axes added up again: the pullback of broadcasting from `target`, off the tape.
  package func summed(to target: Shape) -> Tensor {
    guard shape != target else { return self }
    let missing = shape.rank - target.rank
    // Neighbouring axes that are both added up, or both kept, are one.
    var axes: [(extent: Int, isSummed: Bool)] = []
    for axis in 0..<shape.rank where shape[axis] != 1 {
      let isSummed = axis < missing || target[axis - missing] == 1
      if let last = axes.last, last.isSummed == isSummed {
        axes[axes.count - 1].extent *= shape[axis]
      } else {
        axes.append((shape[axis], isSummed))
      }
    }
    var result = detached
    for index in axes.indices.reversed() where axes[index].isSummed {
      result = AxisSum(
        outer: axes[..<index].reduce(1) { $0 * $1.extent }, extent: axes[index].extent,
        inner: axes[(index + 1)...].reduce(1) { $0 * ($1.isSummed ? 1 : $1.extent) }
      ).callAsFunction(result)
    }
    return result.sharingValues(shape: target)
  }
}
