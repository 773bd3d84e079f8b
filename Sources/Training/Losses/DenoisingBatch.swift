package import Tensors

/// What a denoiser learns from in one step; all pictures are latents, channels last.
package struct DenoisingBatch: Sendable {
  /// What is to be drawn, `[batch, height, width, latent channels]`, scaled as the denoiser sees it.
  package var latents: Tensor
  /// Standard normal, in the shape of `latents`.
  package var noise: Tensor
  /// One for each sample, below the number of training timesteps.
  package var timesteps: [Int]
  /// What the network sees behind the noisy latents: for inpainting the mask and the masked
  /// picture's latent, `[batch, height, width, channels]`.
  package var conditioning: Tensor?
  /// What the network attends to, `[batch, tokens, context width]`.
  package var context: Tensor
  /// How much each sample counts; all alike where it is empty.
  package var sampleWeights: [Float]
  /// How much each pixel counts, `[batch, height, width, 1]`; all alike without it.
  package var pixelWeights: Tensor?

  package init(
    latents: Tensor, noise: Tensor, timesteps: [Int], conditioning: Tensor? = nil,
    context: Tensor, sampleWeights: [Float] = [], pixelWeights: Tensor? = nil
  ) {
    self.latents = latents
    self.noise = noise
    self.timesteps = timesteps
    self.conditioning = conditioning
    self.context = context
    self.sampleWeights = sampleWeights
    self.pixelWeights = pixelWeights
  }
}
