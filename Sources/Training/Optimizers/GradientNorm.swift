import CKernels
import Compute
import Glibc
package import Tensors

/// The Euclidean norm of all gradients together, and how they are clipped by it.
///
/// Source: Pascanu and others 2013; `torch.nn.utils.clip_grad_norm_`.
package struct GradientNorm: Sendable, Equatable {
  package let value: Float

  /// Squares are added up in double precision, block by block and tensor by tensor.
  package init(_ gradients: [Tensor]) {
    var total = 0.0
    for gradient in gradients { total += Self.sumOfSquares(gradient) }
    value = Float(total.squareRoot())
  }

  /// What gradients are multiplied by so that their norm is at most `maximum`.
  package func clipping(to maximum: Double) -> Float {
    min(1, Float(maximum) / (value + 1e-6))
  }

  private static func sumOfSquares(_ tensor: Tensor) -> Double {
    let (kernel, length) = (Kernels.active.sum_of_squares, 16_384)
    let blocks = (tensor.count + length - 1) / length
    var parts = [Double](repeating: 0, count: blocks)
    parts.withUnsafeMutableBufferPointer { parts in
      tensor.withPointer { x in
        // Unchecked: every task writes a part of its own.
        nonisolated(unsafe) let parts = parts
        ThreadTeam.current.forEachRange(tensor.count, of: length) { range in
          parts[range.lowerBound / length] = kernel(x + range.lowerBound, range.count)
        }
      }
    }
    return parts.reduce(0, +)
  }
}
