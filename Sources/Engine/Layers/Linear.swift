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
    guard !weights.isWatched, ![x, bias, residual].contains(where: { $0?.isWatched ?? false })
    else {
      return composed(x, activation, residual)
    }
    let shape = x.shape.replacing(axis: -1, with: weights.outputs)
    return RowProduct(matrix: weights.matrix, bias: bias, activation: activation).callAsFunction(
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
      .reshaped(x.shape.replacing(axis: -1, with: weights.outputs))
    if let bias { result = result + bias }
    result = activation(result)
    if let residual { result = result + residual }
    return result
  }
}
