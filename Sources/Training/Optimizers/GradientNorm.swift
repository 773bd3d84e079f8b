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
    let blocks = TensorBlocks(gradients.map(\.count))
    let parts = Self.sumsOfSquares(gradients, blocks)
    var total = 0.0
    for tensor in gradients.indices { total += parts[blocks.blocks(of: tensor)].reduce(0, +) }
    value = Float(total.squareRoot())
  }

  /// What gradients are multiplied by so that their norm is at most `maximum`.
  package func clipping(to maximum: Double) -> Float {
    min(1, Float(maximum) / (value + 1e-6))
  }

  /// Of every block.
  private static func sumsOfSquares(_ tensors: [Tensor], _ blocks: TensorBlocks) -> [Double] {
    let kernel = Kernels.active.sum_of_squares
    var parts = [Double](repeating: 0, count: blocks.count)
    parts.withUnsafeMutableBufferPointer { parts in
      // Unchecked: every task writes a part of its own.
      nonisolated(unsafe) let parts = parts
      blocks.forEach { tensor, block, range in
        parts[block] = tensors[tensor].withPointer { kernel($0 + range.lowerBound, range.count) }
      }
    }
    return parts
  }
}
