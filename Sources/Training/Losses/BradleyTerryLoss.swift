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
  ///   - doubt: the probability that the choice should have been the other one, 0...0.5, `[pairs]`;
  ///     none where nobody doubts. The loss is then the cross-entropy of that probability, least where
  ///     the rewards differ by its log-odds.
  package func callAsFunction(
    better: Tensor, worse: Tensor, doubt: Tensor? = nil
  ) throws(LossError) -> Tensor {
    guard better.count > 0 else { throw .shape("rewards", better.shape) }
    guard worse.shape == better.shape else { throw .shape("worse rewards", worse.shape) }
    // -log sigmoid(d) = softplus(-d), which neither overflows nor loses small values.
    let lead = better - worse
    guard let doubt else { return (-lead).softplus().mean() }
    guard doubt.shape == better.shape else { throw .shape("doubt", doubt.shape) }
    // (1 - q) softplus(-d) + q softplus(d), where softplus(d) = softplus(-d) + d.
    return ((-lead).softplus() + doubt * lead).mean()
  }
}
