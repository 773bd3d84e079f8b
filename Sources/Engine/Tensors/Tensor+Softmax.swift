import CKernels
import Compute

/// Distributions over the last axis.
extension Tensor {
  /// e to the power of each value, divided by their sum along the last axis.
  package func softmax() -> Tensor {
    let result = mapRows { rows, width, x, out in Kernels.active.softmax(x, out, rows, width) }
    return result.recorded("softmax", [self]) { gradient in
      [
        result.mapRows(with: gradient) { rows, width, y, flow, out in
          Kernels.active.softmax_gradient(y, flow, out, rows, width)
        }
      ]
    }
  }

  /// The logarithm of the softmax, exact also where the softmax is almost zero.
  package func logSoftmax() -> Tensor {
    let result = mapRows { rows, width, x, out in Kernels.active.log_softmax(x, out, rows, width) }
    return result.recorded("log softmax", [self]) { gradient in
      [
        result.mapRows(with: gradient) { rows, width, y, flow, out in
          Kernels.active.log_softmax_gradient(y, flow, out, rows, width)
        }
      ]
    }
  }

  /// A new tensor of this shape, some rows of the last axis at a time.
  private func mapRows(
    _ kernel: (Int, Int, UnsafePointer<Float>, UnsafeMutablePointer<Float>) -> Void
  ) -> Tensor {
    mapRows(with: self) { rows, width, x, _, out in kernel(rows, width, x, out) }
  }

  private func mapRows(
    with other: Tensor,
    _ kernel: (
      Int, Int, UnsafePointer<Float>, UnsafePointer<Float>, UnsafeMutablePointer<Float>
    ) -> Void
  ) -> Tensor {
    precondition(shape.rank > 0 && shape == other.shape, "rows of \(shape) and \(other.shape)")
    let width = shape[-1]
    return withPointer { x in
      other.withPointer { y in
        Tensor(shape: shape) { target in
          guard let out = target.baseAddress, target.count > 0 else { return }
          ThreadTeam.current.forEachRange(target.count / width, of: max(1, 8_192 / width)) {
            rows in
            let start = rows.lowerBound * width
            kernel(rows.count, width, x + start, y + start, out + start)
          }
        }
      }
    }
  }
}
