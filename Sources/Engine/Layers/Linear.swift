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
  /// Changes of the weights that are computed beside them.
  package var adapters: [LowRank] = []

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
    guard adapters.isEmpty else {
      return adapters.changing(x, activation, residual) { unadapted(x, activation: $0, adding: $1) }
    }
    guard ![x, weight, bias, residual].contains(where: { $0?.isWatched ?? false }) else {
      return composed(x, activation, residual)
    }
    let shape = x.shape.replacing(axis: -1, with: weight.shape[0])
    return RowProduct(weight: weight, bias: bias, activation: activation).callAsFunction(
      x, shape: shape, adding: residual)
  }

  private var unadapted: Linear {
    var layer = self
    layer.adapters = []
    return layer
  }

  /// The same from operations that each have a gradient.
  private func composed(_ x: Tensor, _ activation: Activation, _ residual: Tensor?) -> Tensor {
    let rows = x.shape.rank == 1 ? x.reshaped([1, x.count]) : x
    var result = rows.matrixProduct(weight, transposingRight: true)
      .reshaped(x.shape.replacing(axis: -1, with: weight.shape[0]))
    if let bias { result = result + bias }
    result = activation(result)
    if let residual { result = result + residual }
    return result
  }
}
