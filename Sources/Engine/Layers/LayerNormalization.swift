import CKernels
import Compute
package import Tensors

/// Layer normalization over the last axis (Ba, Kiros and Hinton 2016).
package struct LayerNormalization: Sendable {
  package var scale: Tensor?
  package var bias: Tensor?
  package let epsilon: Float

  package init(scale: Tensor?, bias: Tensor?, epsilon: Float = 1e-5) {
    self.scale = scale
    self.bias = bias
    self.epsilon = epsilon
  }

  /// `[..., width]` to the same shape.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    let width = x.shape[-1]
    precondition(scale?.count ?? width == width, "the scale does not fit \(x.shape)")
    let result = x.withPointer { source in
      withOptionalPointer(scale) { scale in
        withOptionalPointer(bias) { bias in
          Tensor(shape: x.shape) { target in
            guard let out = target.baseAddress, width > 0 else { return }
            ThreadTeam.current.forEachRange(target.count / width, of: max(1, 8_192 / width)) {
              rows in
              let start = rows.lowerBound * width
              Kernels.active.layer_norm(
                source + start, out + start, rows.count, width, scale, bias, epsilon)
            }
          }
        }
      }
    }
    let inputs = [x] + [scale, bias].compactMap { $0 }
    return result.recorded(
      "layer normalization", inputs, pullback: pullback(x))
  }
}

// MARK: Gradient

extension LayerNormalization {
  private func pullback(_ x: Tensor) -> TapeNode.Pullback {
    let wanted = [scale, bias].compactMap { $0?.isWatched }
    let isSummed = wanted.contains(true)
    let plain = LayerNormalization(scale: scale?.detached, bias: nil, epsilon: epsilon)
    return { [x = x.detached, hasScale = scale != nil] gradient in
      let (toInput, sums) = plain.gradients(gradient, x, isSummed: isSummed)
      let width = x.shape[-1]
      var parts: [Tensor?] = [toInput]
      for (index, isWanted) in wanted.enumerated() {
        // Sums for the scale stand before those for the bias.
        let start = hasScale && index == 0 ? 0 : width
        parts.append(isWanted ? sums.slice(start..<start + width, axis: 0) : nil)
      }
      return parts
    }
  }

  /// The input's gradient, and what scale and bias get, `[2 * width]`, where it is wanted.
  private func gradients(
    _ gradient: Tensor, _ x: Tensor, isSummed: Bool
  ) -> (toInput: Tensor, sums: Tensor) {
    let width = x.shape[-1]
    let rows = x.count / max(width, 1)
    let blockRows = max(32, 16_384 / max(width, 1))
    let blocks = (rows + blockRows - 1) / blockRows
    var sums = Tensor(repeating: 0, shape: [isSummed ? blocks : 0, 2 * width])
    let toInput = Tensor(shape: x.shape) { target in
      guard let out = target.baseAddress, rows > 0 else { return }
      sums.withUnsafeMutableBufferPointer { sums in
        let sums = isSummed ? sums.baseAddress : nil
        ThreadTeam.current.forEach(blocks) { block in
          let first = block * blockRows
          run(
            gradient, x, first..<min(first + blockRows, rows), out + first * width,
            sums.map { $0 + block * 2 * width })
        }
      }
    }
    return (toInput, sums.summed(to: [2 * width]))
  }

  private func run(
    _ gradient: Tensor, _ x: Tensor, _ rows: Range<Int>, _ out: UnsafeMutablePointer<Float>,
    _ sums: UnsafeMutablePointer<Float>?
  ) {
    let width = x.shape[-1]
    x.withPointer { x in
      gradient.withPointer { gradient in
        withOptionalPointer(scale) { scale in
          Kernels.active.layer_norm_gradient(
            x + rows.lowerBound * width, gradient + rows.lowerBound * width, out, rows.count,
            width, scale, epsilon, sums, sums.map { $0 + width })
        }
      }
    }
  }
}
