package import Tensors

/// Pushes a prediction from the unconditional towards and beyond the conditional one (Ho and
/// Salimans 2022), then brings its deviation back towards the conditional's (Lin et al. 2023,
/// section 3.4).
///
/// - Parameters:
///   - unconditional: the prediction without the prompt, `[batch, height, width, channels]`.
///   - conditional: the prediction with it, of the same shape.
///   - scale: 1 is the conditional prediction itself.
///   - rescale: 0 ... 1; 0 leaves the deviation as it is.
package func classifierFreeGuidance(
  unconditional: Tensor, conditional: Tensor, scale: Float, rescale: Float = 0
) -> Tensor {
  let guided = unconditional.scaled(
    1, adding: conditional - unconditional, scaled: scale)
  guard rescale != 0 else { return guided }
  let wanted = conditional.deviationPerSample()
  let present = guided.deviationPerSample()
  let factors = zip(wanted.values, present.values).map { wanted, present in
    // A prediction without any deviation stays as it is.
    present > 0 ? rescale * (wanted / present) + (1 - rescale) : 1
  }
  return guided * Tensor(factors, shape: present.shape)
}
