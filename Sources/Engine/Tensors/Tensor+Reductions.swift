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

  /// The mean of each item of the first axis, shape `[batch, 1, ...]`.
  package func meanPerSample() -> Tensor {
    sumPerSample() / Float(max(1, count / max(shape[0], 1)))
  }

  /// The sum of each item of the first axis, shape `[batch, 1, ...]`.
  package func sumPerSample() -> Tensor {
    let length = shape.count(of: 1..<shape.rank)
    let reduced = Shape([shape[0]] + [Int](repeating: 1, count: shape.rank - 1))
    let result = withPointer { x in
      Tensor(shape: reduced) { out in
        for sample in 0..<shape[0] {
          out[sample] = Float(Kernels.active.sum(x + sample * length, length))
        }
      }
    }
    return result.recorded("sum per sample", [self]) { [shape] gradient in
      [gradient + Tensor(repeating: 0, shape: shape)]
    }
  }

  /// The standard deviation of each item of the first axis (divided by count - 1, as torch does),
  /// shape `[batch, 1, ...]`.
  package func deviationPerSample() -> Tensor {
    let length = shape.count(of: 1..<shape.rank)
    let reduced = Shape([shape[0]] + [Int](repeating: 1, count: shape.rank - 1))
    return withPointer { x in
      Tensor(shape: reduced) { out in
        for sample in 0..<shape[0] {
          let mean = Kernels.active.sum(x + sample * length, length) / Double(length)
          let squares = Kernels.active.squared_deviation(x + sample * length, Float(mean), length)
          out[sample] = Float((squares / Double(max(1, length - 1))).squareRoot())
        }
      }
    }.recordedWithoutGradient("deviation per sample", [self])
  }

  /// Broadcast axes added up again: the pullback of broadcasting from `target`.
  func summed(to target: Shape) -> Tensor {
    guard shape != target else { return self }
    let missing = shape.rank - target.rank
    let strides = target.strides
    let steps = (0..<shape.rank).map { axis in
      axis < missing || target[axis - missing] == 1 ? 0 : strides[axis - missing]
    }
    var totals = [Double](repeating: 0, count: target.count)
    withUnsafeBufferPointer { x in
      var index = [Int](repeating: 0, count: shape.rank)
      var position = 0
      for value in x {
        totals[position] += Double(value)
        for axis in stride(from: shape.rank - 1, through: 0, by: -1) {
          index[axis] += 1
          position += steps[axis]
          if index[axis] < shape[axis] { break }
          position -= steps[axis] * shape[axis]
          index[axis] = 0
        }
      }
    }
    return Tensor(totals.map { Float($0) }, shape: target)
  }
}
