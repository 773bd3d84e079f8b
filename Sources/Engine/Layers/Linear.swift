package import Tensors

/// A matrix product with the weights of torch's `nn.Linear`, bias, activation and residual fused.
///
/// The first axis is the batch, and a sample's result has the same bits in any batch; of a matrix
/// `[rows, in]` each row is a sample of its own, so sequences should come as `[batch, rows, in]`.
package struct Linear: Sendable {
  /// Torch's layout, `[out, in]`.
  package var weight: Tensor
  /// One value per output, `[out]`.
  package var bias: Tensor?

  package init(weight: Tensor, bias: Tensor?) {
    precondition(weight.shape.rank == 2, "linear weights are [out, in], not \(weight.shape)")
    self.weight = weight
    self.bias = bias
  }

  /// `[..., in]` to `[..., out]`: activation(x weightᵀ + bias) + residual.
  package func callAsFunction(
    _ x: Tensor, activation: Activation = .none, adding residual: Tensor? = nil
  ) -> Tensor {
    precondition(x.shape[-1] == weight.shape[1], "cannot apply \(weight.shape) to \(x.shape)")
    guard activation == .none || !isWatched(x, weight, bias, residual) else {
      // The activation's gradient needs what stands before it.
      let activated = activation(self(x))
      return residual.map { activated + $0 } ?? activated
    }
    let shape = x.shape.replacing(axis: -1, with: weight.shape[0])
    let result = RowProduct(weight: weight, bias: bias, activation: activation).callAsFunction(
      x, shape: shape, adding: residual)
    let inputs = [x, weight] + [bias, residual].compactMap { $0 }
    guard inputs.contains(where: \.isWatched) else { return result }
    return result.recorded("linear", inputs, pullback: pullback(x, residual: residual))
  }

  private func pullback(_ x: Tensor, residual: Tensor?) -> TapeNode.Pullback {
    // Each factor is kept only where the other one's gradient is wanted.
    let keptWeight = x.isWatched ? weight.detached : nil
    let keptX = weight.isWatched ? x.detached : nil
    let biasShape = bias.map { $0.isWatched ? $0.shape : nil }
    let residual = residual.map(\.isWatched)
    return { [input = x.shape] gradient in
      var parts: [Tensor?] = [
        keptWeight.map { Self.ofInput(gradient, $0, input) },
        keptX.map { gradient.outerProductSum($0) },
      ]
      if let biasShape { parts.append(biasShape.map { gradient.summed(to: $0) }) }
      if let residual { parts.append(residual ? gradient : nil) }
      return parts
    }
  }

  private static func ofInput(_ gradient: Tensor, _ weight: Tensor, _ input: Shape) -> Tensor {
    RowProduct(weight: weight.transposed(), bias: nil, activation: .none).callAsFunction(
      gradient, shape: input, adding: nil)
  }
}

/// Whether one of the tensors that are there is watched.
func isWatched(_ tensors: Tensor?...) -> Bool {
  tensors.contains { $0?.isWatched ?? false }
}
