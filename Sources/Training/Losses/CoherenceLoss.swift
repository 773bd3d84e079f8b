package import Tensors

/// How wrong a judge is on real and on generated pixels: -log sigmoid(R(z)) where a pixel is real,
/// -log(1 - sigmoid(R(z'))) where it was drawn.
///
/// Source: ByteEdit (Ren et al. 2024), section 3.2. Outside the mask of an edited picture the label
/// is real: those pixels are.
package struct CoherenceLoss: Sendable {
  package init() {}

  /// The weighted mean over pixels.
  /// - Parameters:
  ///   - logits: positive where the judge finds a pixel real, `[batch, height, width, 1]`.
  ///   - drawn: the share of each pixel that was drawn, 0...1; 0 all over real pictures.
  ///   - weights: how much each pixel counts; all alike without it. All three have one shape;
  ///     throws otherwise, and where the weights add up to nothing.
  package func callAsFunction(
    logits: Tensor, drawn: Tensor, weights: Tensor? = nil
  ) throws(LossError) -> Tensor {
    guard logits.count > 0 else { throw .shape("logits", logits.shape) }
    guard drawn.shape == logits.shape else { throw .shape("labels", drawn.shape) }
    let errors =
      drawn.affine(-1, 1) * (logits * -1).softplus() + drawn * logits.softplus()
    guard let weights else { return errors.mean() }
    guard weights.shape == logits.shape else { throw .shape("pixel weights", weights.shape) }
    let total = weights.sum().values[0]
    guard total > 0 else { throw .weights(total: total) }
    return (errors * weights).sum() / total
  }
}
