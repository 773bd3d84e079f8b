package import Tensors

/// How unlikely a judge finds the choices that were made: -log sigmoid(R(better) - R(worse)).
///
/// Source: Bradley and Terry 1952; ByteEdit (Ren et al. 2024), section 3.2.
package struct BradleyTerryLoss: Sendable {
  package init() {}

  /// The mean over pairs.
  /// - Parameters:
  ///   - better: the reward of what was preferred, `[pairs]`.
  ///   - worse: the reward of what was not, `[pairs]`; throws for another shape.
  package func callAsFunction(
    better: Tensor, worse: Tensor
  ) throws(LossError) -> Tensor {
    guard better.count > 0 else { throw .shape("rewards", better.shape) }
    guard worse.shape == better.shape else { throw .shape("worse rewards", worse.shape) }
    // -log sigmoid(d) = softplus(-d), which neither overflows nor loses small values.
    return (worse - better).softplus().mean()
  }
}
