import Tensors

/// The arithmetic of latents that are original + sigma noise, rounded in the reference's order.
///
/// From a sigma of 4096 (zero terminal signal) to one of 10, most digits cancel: what is left would
/// be another picture if two of these roundings were saved.
extension Tensor {
  /// The latent as the model saw it in training, of variance one.
  func scaledInput(at sigma: Float) -> Tensor {
    let divisor = (sigma * sigma + 1).squareRoot()
    return map { sample, result, count in
      for i in 0..<count { result[i] = sample[i] / divisor }
    }.recorded("scaled input", [self]) { gradient in [gradient * (1 / divisor)] }
  }

  /// The original that a model's answer about this latent means.
  func original(_ type: PredictionType, _ output: Tensor, at sigma: Float) -> Tensor {
    switch type {
    case .sample: return output
    case .epsilon: return advanced(along: output, by: -sigma)
    case .velocity:
      let variance = sigma * sigma + 1
      let weight = -sigma / variance.squareRoot()
      return map(with: output) { sample, output, result, count in
        for i in 0..<count { result[i] = output[i] * weight + sample[i] / variance }
      }.recorded("original", [self, output]) { gradient in
        [gradient * (1 / variance), gradient * weight]
      }
    }
  }

  /// The derivative by sigma, (self - original) / sigma.
  func derivative(awayFrom original: Tensor, at sigma: Float) -> Tensor {
    map(with: original) { sample, original, result, count in
      for i in 0..<count { result[i] = (sample[i] - original[i]) / sigma }
    }.recorded("derivative", [self, original]) { gradient in
      [gradient * (1 / sigma), gradient * (-1 / sigma)]
    }
  }

  /// The latent at another sigma, self + derivative * change.
  func advanced(along derivative: Tensor, by change: Float) -> Tensor {
    map(with: derivative) { sample, derivative, result, count in
      for i in 0..<count { result[i] = sample[i] + derivative[i] * change }
    }.recorded("advance", [self, derivative]) { gradient in [gradient, gradient * change] }
  }
}
