import CKernels
import Compute
package import Tensors

/// Zeros around a picture, in pixels.
package struct Padding: Sendable, Equatable {
  package var top: Int
  package var left: Int
  package var bottom: Int
  package var right: Int

  package init(top: Int, left: Int, bottom: Int, right: Int) {
    self.top = top
    self.left = left
    self.bottom = bottom
    self.right = right
  }

  /// As much on every side.
  package static func same(_ pixels: Int) -> Padding {
    Padding(top: pixels, left: pixels, bottom: pixels, right: pixels)
  }

  package static let none = Padding.same(0)
}

/// A convolution with the weights of torch's `nn.Conv2d`, bias, activation and residual fused.
package struct Convolution2D: Sendable {
  /// `[out, kernel height, kernel width, in]`, in the order in which patches are laid out.
  private var kernel: Tensor
  private var bias: Tensor?
  private let stride: Int
  private let padding: Padding

  /// - Parameter weight: `[out, in, kernel height, kernel width]`.
  package init(weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Padding = .same(1)) {
    precondition(weight.shape.rank == 4, "weights are [out, in, height, width]")
    kernel = weight.transposed([0, 2, 3, 1])
    self.bias = bias
    self.stride = max(1, stride)
    self.padding = padding
  }

  /// - Parameter kernel: `[out, kernel height, kernel width, in]`.
  private init(kernel: Tensor, padding: Padding) {
    (self.kernel, self.padding) = (kernel, padding)
    (bias, stride) = (nil, 1)
  }

  /// `[batch, height, width, in]` to `[batch, height', width', out]`:
  /// activation(convolution + bias) + residual.
  package func callAsFunction(
    _ x: Tensor, activation: Activation = .none, adding residual: Tensor? = nil
  ) -> Tensor {
    precondition(
      x.shape.rank == 4 && x.shape[3] == kernel.shape[3],
      "cannot convolve \(x.shape) with [out, height, width, in] = \(kernel.shape)")
    guard activation == .none || !isWatched(x, kernel, bias, residual) else {
      // The activation's gradient needs what stands before it.
      let activated = activation(self(x))
      return residual.map { activated + $0 } ?? activated
    }
    let plan = ConvolutionPlan(
      input: x.shape, kernel: kernel.shape, stride: stride, padding: padding)
    let result =
      plan.isPointwise
      ? RowProduct(
        weight: kernel.sharingValues(shape: [kernel.shape[0], plan.depth]), bias: bias,
        activation: activation
      ).callAsFunction(x, shape: plan.output, adding: residual)
      : convolve(x, plan, activation, residual)
    let inputs = [x, kernel] + [bias, residual].compactMap { $0 }
    guard inputs.contains(where: \.isWatched) else { return result }
    return result.recorded(
      "convolution", inputs, pullback: pullback(x, to: plan.output, residual: residual))
  }

  private func convolve(
    _ x: Tensor, _ plan: ConvolutionPlan, _ activation: Activation, _ residual: Tensor?
  ) -> Tensor {
    precondition(residual?.shape ?? plan.output == plan.output, "the residual's shape differs")
    return x.withPointer { source in
      kernel.withPointer { weights in
        Tensor(shape: plan.output) { target in
          guard let out = target.baseAddress, target.count > 0 else { return }
          let ending = Ending(bias, activation, residual, start: out)
          if plan.isBlocked {
            plan.runBlocks(source, weights, out, ending)
          } else {
            plan.runSamples(source, weights, out, ending)
          }
        }
      }
    }
  }
}

// MARK: Gradient

extension Convolution2D {
  /// - Parameters:
  ///   - output: `[batch, height', width', out]`.
  private func pullback(
    _ x: Tensor, to output: Shape, residual: Tensor?
  ) -> TapeNode.Pullback {
    let gradients = ConvolutionGradient(
      input: x.shape, kernel: kernel.shape, output: output, stride: stride, padding: padding)
    // Each factor is kept only where the other one's gradient is wanted.
    let (keptKernel, keptX) = (
      x.isWatched ? kernel.detached : nil, kernel.isWatched ? x.detached : nil
    )
    let biasShape = bias.map { $0.isWatched ? $0.shape : nil }
    let residual = residual.map(\.isWatched)
    return { gradient in
      var parts: [Tensor?] = [
        keptKernel.map { gradients.ofInput(gradient, $0, convolve: Self.convolve) },
        keptX.map { gradients.ofKernel(gradient, $0) },
      ]
      if let biasShape { parts.append(biasShape.map { gradient.summed(to: $0) }) }
      if let residual { parts.append(residual ? gradient : nil) }
      return parts
    }
  }

  private static func convolve(_ x: Tensor, kernel: Tensor, padding: Padding) -> Tensor {
    Convolution2D(kernel: kernel, padding: padding)(x)
  }
}
