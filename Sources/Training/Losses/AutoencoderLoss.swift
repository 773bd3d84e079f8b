package import Models
package import Tensors

/// How far a picture is from what is left of it after encoding and decoding, and the latents from
/// a standard normal distribution.
///
/// Source: Kingma and Welling 2014; Rombach et al. 2022, section 3.1.
package struct AutoencoderLoss: Sendable {
  package enum Reconstruction: Sendable {
    /// The mean of absolute differences.
    case absolute
    /// The mean of squared differences.
    case squared
  }

  package var reconstruction: Reconstruction
  /// What the divergence of a sample's latent, a sum over its values, is multiplied by.
  package var divergenceWeight: Float

  package init(reconstruction: Reconstruction = .absolute, divergenceWeight: Float = 1e-6) {
    self.reconstruction = reconstruction
    self.divergenceWeight = divergenceWeight
  }

  /// The mean loss of a batch.
  /// - Parameters:
  ///   - images: `[batch, height, width, 3]` in -1 ... 1.
  ///   - noise: standard normal, `[batch, height / f, width / f, latent channels]`: where in its
  ///     distribution each latent is drawn. Throws for other shapes.
  package func callAsFunction(
    _ network: AutoencoderKL, images: Tensor, noise: Tensor
  ) throws(LossError) -> Tensor {
    let (mean, logVariance) = try Self.asLoss { () throws(ModelError) in
      try network.encode(images)
    }
    guard noise.shape == mean.shape else { throw .shape("noise", noise.shape) }
    let latent = mean + (logVariance * 0.5).exponential() * noise
    let decoded = try Self.asLoss { () throws(ModelError) in try network.decode(latent) }
    guard decoded.shape == images.shape else { throw .shape("images", images.shape) }
    return difference(decoded - images) + divergence(mean, logVariance) * divergenceWeight
  }

  private static func asLoss<Result>(
    _ body: () throws(ModelError) -> Result
  ) throws(LossError) -> Result {
    do {
      return try body()
    } catch {
      throw .model(error)
    }
  }

  private func difference(_ difference: Tensor) -> Tensor {
    switch reconstruction {
    case .absolute: difference.absolute().mean()
    case .squared: difference.squared().mean()
    }
  }

  /// Half the sum of mean² + variance - 1 - log variance, the mean over the batch.
  private func divergence(_ mean: Tensor, _ logVariance: Tensor) -> Tensor {
    let terms = mean * mean + logVariance.exponential() - logVariance - 1
    return terms.sum() * (0.5 / Float(mean.shape[0]))
  }
}
