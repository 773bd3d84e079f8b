package import Compute
package import Tensors

/// A matrix product with the weights of torch's `nn.Linear`, bias, activation and residual fused.
///
/// A row's result has the same bits in any batch and on any number of threads.
package struct Linear: Sendable {
  private let weights: LayerWeights
  /// One value per output, `[out]`.
  package let bias: Tensor?
  /// Changes of the weights that are computed beside them.
  package var adapters: [LowRank] = []

  /// - Parameters:
  ///   - weight: torch's layout, `[out, in]`; packed unless it is watched.
  ///   - storage: how packed weights are kept.
  package init(weight: Tensor, bias: Tensor?, storage: WeightStorage = .float32) {
    precondition(weight.shape.rank == 2, "linear weights are [out, in], not \(weight.shape)")
    weights = LayerWeights(weight, storage: storage)
    self.bias = bias
  }

  /// `[out, in]`, as rounded to the storage.
  package var weight: Tensor { weights.tensor }
  /// Bytes that the weights take in memory.
  package var weightBytes: Int { weights.matrix.bytes }

  /// `[..., in]` to `[..., out]`: activation(x weightᵀ + bias) + residual.
  package func callAsFunction(
    _ x: Tensor, activation: Activation = .none, adding residual: Tensor? = nil
  ) -> Tensor {
    precondition(x.shape[-1] == weights.depth, "cannot apply \(weights.shape) to \(x.shape)")
    guard adapters.isEmpty else {
      return adapters.changing(x, activation, residual) { unadapted(x, activation: $0, adding: $1) }
    }
    guard activation == .none || !isWatched(x, weights.watched, bias, residual) else {
      // The activation's gradient needs what stands before it.
      let activated = activation(self(x))
      return residual.map { activated + $0 } ?? activated
    }
    let shape = x.shape.replacing(axis: -1, with: weights.outputs)
    let result = RowProduct(matrix: weights.matrix, bias: bias, activation: activation)
      .callAsFunction(
        x, shape: shape, adding: residual)
    guard isWatched(x, weights.watched, bias, residual) else { return result }
    let inputs = [x, weights.watched ?? Tensor(0)] + [bias, residual].compactMap { $0 }
    return result.recorded("linear", inputs, pullback: pullback(x, residual: residual))
  }

  private var unadapted: Linear {
    var layer = self
    layer.adapters = []
    return layer
  }

  private func pullback(_ x: Tensor, residual: Tensor?) -> TapeNode.Pullback {
    // Each factor is kept only where the other one's gradient is wanted.
    let keptWeights = x.isWatched ? weights.detached : nil
    let keptX = weights.watched == nil ? nil : x.detached
    let biasShape = bias.map { $0.isWatched ? $0.shape : nil }
    let residual = residual.map(\.isWatched)
    return { [input = x.shape] gradient in
      var parts: [Tensor?] = [
        keptWeights.map { Self.ofInput(gradient, $0.tensor, input) },
        keptX.map { gradient.outerProductSum($0) },
      ]
      if let biasShape { parts.append(biasShape.map { gradient.summed(to: $0) }) }
      if let residual { parts.append(residual ? gradient : nil) }
      return parts
    }
  }

  private static func ofInput(_ gradient: Tensor, _ weight: Tensor, _ input: Shape) -> Tensor {
    RowProduct(matrix: LayerWeights.matrix(of: weight), bias: nil, activation: .none)
      .callAsFunction(gradient, shape: input, adding: nil)
  }
}

/// Whether one of the tensors that are there is watched.
func isWatched(_ tensors: Tensor?...) -> Bool {
  tensors.contains { $0?.isWatched ?? false }
}
