package import Compute
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
  private let weights: LayerWeights
  private let bias: Tensor?
  private let stride: Int
  private let padding: Padding
  /// Changes of the weights that are computed beside them.
  package var adapters: [LowRank] = []

  /// - Parameters:
  ///   - weight: `[out, in, kernel height, kernel width]`; packed unless it is watched.
  ///   - storage: how packed weights are kept.
  package init(
    weight: Tensor, bias: Tensor?, stride: Int = 1, padding: Padding = .same(1),
    storage: WeightStorage = .float32
  ) {
    precondition(weight.shape.rank == 4, "weights are [out, in, height, width]")
    weights = LayerWeights(weight.transposed([0, 2, 3, 1]), storage: storage)
    self.bias = bias
    self.stride = max(1, stride)
    self.padding = padding
  }

  /// For one use.
  /// - Parameter kernel: `[out, kernel height, kernel width, in]`.
  private init(kernel: Tensor, padding: Padding) {
    (weights, self.padding) = (LayerWeights(unpacked: kernel), padding)
    (bias, stride) = (nil, 1)
  }

  /// `[out, kernel height, kernel width, in]`, as rounded to the storage.
  package var weight: Tensor { weights.tensor }
  /// Bytes that the weights take in memory.
  package var weightBytes: Int { weights.matrix.bytes }

  /// `[batch, height, width, in]` to `[batch, height', width', out]`:
  /// activation(convolution + bias) + residual.
  package func callAsFunction(
    _ x: Tensor, activation: Activation = .none, adding residual: Tensor? = nil
  ) -> Tensor {
    precondition(
      x.shape.rank == 4 && x.shape[3] == weights.shape[3],
      "cannot convolve \(x.shape) with [out, height, width, in] = \(weights.shape)")
    guard adapters.isEmpty else {
      return adapters.changing(x, activation, residual) { unadapted(x, activation: $0, adding: $1) }
    }
    guard activation == .none || !isWatched(x, weights.watched, bias, residual) else {
      // The activation's gradient needs what stands before it.
      let activated = activation(self(x))
      return residual.map { activated + $0 } ?? activated
    }
    let plan = ConvolutionPlan(
      input: x.shape, kernel: weights.shape, stride: stride, padding: padding)
    let result = convolve(x, plan, activation, residual)
    guard isWatched(x, weights.watched, bias, residual) else { return result }
    let inputs = [x, weights.watched ?? Tensor(0)] + [bias, residual].compactMap { $0 }
    return result.recorded(
      "convolution", inputs, pullback: pullback(x, to: plan.output, residual: residual))
  }

  private var unadapted: Convolution2D {
    var layer = self
    layer.adapters = []
    return layer
  }

  private func convolve(
    _ x: Tensor, _ plan: ConvolutionPlan, _ activation: Activation, _ residual: Tensor?
  ) -> Tensor {
    precondition(residual?.shape ?? plan.output == plan.output, "the residual's shape differs")
    let matrix = weights.matrix
    guard !plan.isPointwise else {
      return RowProduct(matrix: matrix, bias: bias, activation: activation).callAsFunction(
        x, shape: plan.output, adding: residual)
    }
    return x.withPointer { source in
      Tensor(shape: plan.output) { target in
        guard let out = target.baseAddress, target.count > 0 else { return }
        let ending = Ending(bias, activation, residual, start: out)
        if plan.isWinograd {
          WinogradPlan(plan).run(source, matrix, out, ending)
        } else {
          plan.run(source, matrix, out, ending)
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
      input: x.shape, kernel: weights.shape, output: output, stride: stride, padding: padding)
    // Each factor is kept only where the other one's gradient is wanted.
    let keptWeights = x.isWatched ? weights.detached : nil
    let keptX = weights.watched == nil ? nil : x.detached
    let biasShape = bias.map { $0.isWatched ? $0.shape : nil }
    let residual = residual.map(\.isWatched)
    return { gradient in
      var parts: [Tensor?] = [
        keptWeights.map { gradients.ofInput(gradient, $0.tensor, convolve: Self.convolve) },
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
