package import Tensors

/// A sampler that puts the known part of a picture back after every step, noised to where the walk
/// stands: so a model that never learnt to inpaint fills a hole.
///
/// Source: Lugmayr et al. 2022, equation 8, without resampling; as diffusers'
/// `StableDiffusionInpaintPipeline` does for a U-Net that sees nothing but the latent.
package struct LatentBlending: Sampler {
  private var sampler: any Sampler
  private let original: Tensor
  private let noise: Tensor
  private let mask: Tensor

  /// - Parameters:
  ///   - sampler: fresh.
  ///   - original: the picture's latent, scaled, `[batch, height, width, channels]`.
  ///   - noise: the noise that the walk begins with, of the same shape.
  ///   - mask: `[batch or 1, height, width, 1]`; 1 where the sampler draws, 0 where the original
  ///     stays.
  package init(_ sampler: any Sampler, original: Tensor, noise: Tensor, mask: Tensor) {
    self.sampler = sampler
    self.original = original
    self.noise = noise
    self.mask = mask
  }

  package var timesteps: [Float] { sampler.timesteps }
  package var firstIndex: Int { sampler.firstIndex }
  package var count: Int { sampler.count }
  package var initialNoiseScale: Float { sampler.initialNoiseScale }

  package func scaleInput(_ sample: Tensor, at index: Int) -> Tensor {
    sampler.scaleInput(sample, at: index)
  }

  package func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    sampler.addNoise(to: original, noise: noise, at: index)
  }

  package func endsStep(at index: Int) -> Bool { sampler.endsStep(at: index) }

  package mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using generator: inout TorchGenerator
  ) -> SamplerStep {
    let result = sampler.step(
      modelOutput: modelOutput, at: index, sample: sample, using: &generator)
    let isLast = index == timesteps.count - 1
    let known = isLast ? original : addNoise(to: original, noise: noise, at: index + 1)
    return SamplerStep(
      latent: blended(known, result.latent),
      predictedOriginal: blended(original, result.predictedOriginal))
  }

  private func blended(_ known: Tensor, _ drawn: Tensor) -> Tensor {
    known * mask.affine(-1, 1) + drawn * mask
  }
}
