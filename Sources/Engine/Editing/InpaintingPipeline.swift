package import Diffusion
package import Models
package import Tensors
package import Tokenizers

/// The reference inpainting pipeline on tensors: text, encode, denoise, decode.
///
/// Follows diffusers' `StableDiffusionInpaintPipeline`, draw order of the noise included; knows
/// nothing of pictures, crops and files.
package struct InpaintingPipeline: Sendable {
  package let tokenizer: CLIPTokenizer
  package let textEncoder: CLIPTextModel
  package let unet: UNet2DConditionModel
  package let autoencoder: AutoencoderKL
  package let schedule: NoiseSchedule

  package init(
    tokenizer: CLIPTokenizer, textEncoder: CLIPTextModel, unet: UNet2DConditionModel,
    autoencoder: AutoencoderKL, schedule: NoiseSchedule
  ) {
    self.tokenizer = tokenizer
    self.textEncoder = textEncoder
    self.unet = unet
    self.autoencoder = autoencoder
    self.schedule = schedule
  }
}

/// What the U-Net is conditioned on besides the text; the same for every candidate.
package struct InpaintingConditioning: Sendable {
  /// `[1, h, w, 1]`, 1 = edit.
  package var latentMask: Tensor
  /// Posterior of the masked picture, each `[1, h, w, latent channels]`.
  package var maskedPosterior: LatentPosterior
  /// Posterior of the whole picture; only where `strength` is below 1.
  package var imagePosterior: LatentPosterior?
}

/// How one candidate is drawn.
package struct DenoisingSettings: Sendable {
  package var sampler: SamplerKind
  package var steps: Int
  package var guidanceScale: Double
  package var guidanceRescale: Double
  package var strength: Double
  package var seed: UInt32

  package init(
    sampler: SamplerKind, steps: Int, guidanceScale: Double, guidanceRescale: Double = 0,
    strength: Double = 1, seed: UInt32
  ) {
    self.sampler = sampler
    self.steps = steps
    self.guidanceScale = guidanceScale
    self.guidanceRescale = guidanceRescale
    self.strength = strength
    self.seed = seed
  }

  /// Guidance of 1 and less is the conditional prediction alone, as in the reference.
  package var usesGuidance: Bool { guidanceScale > 1 }
}

extension InpaintingPipeline {
  /// Encodes the prompt, and the negative prompt before it where guidance is used.
  /// - Returns: `[2 or 1, tokens, width]`, the unconditional half first.
  package func encode(
    _ prompt: TokenizedPrompt, negative: TokenizedPrompt, usesGuidance: Bool
  ) throws -> Tensor {
    try textEncoder(tokens: usesGuidance ? [negative.ids, prompt.ids] : [prompt.ids])
  }

  /// Encodes the pictures that condition the denoising.
  /// - Parameters:
  ///   - maskedImage: `[1, height, width, 3]` in -1 ... 1, the hole filled.
  ///   - image: the same with its hole's content, needed where `strength` is below 1.
  ///   - latentMask: `[1, height / f, width / f, 1]`.
  package func condition(
    maskedImage: Tensor, image: Tensor?, latentMask: Tensor
  ) throws -> InpaintingConditioning {
    InpaintingConditioning(
      latentMask: latentMask, maskedPosterior: try posterior(maskedImage),
      imagePosterior: try image.map(posterior))
  }

  private func posterior(_ image: Tensor) throws -> LatentPosterior {
    let (mean, logVariance) = try autoencoder.encode(image)
    return LatentPosterior(mean: mean, logVariance: logVariance)
  }

  /// Draws the noise of one candidate and returns its denoising, a step at a time.
  ///
  /// Draw order of the reference: the picture's posterior where `strength` is below 1, the initial
  /// noise, the masked picture's posterior, all from one generator.
  package func denoising(
    _ conditioning: InpaintingConditioning, context: Tensor, settings: DenoisingSettings
  ) throws -> Denoising {
    var generator = TorchGenerator(seed: UInt64(settings.seed))
    let sampler = try schedule.sampler(
      settings.sampler, steps: settings.steps, strength: settings.strength)
    let shape = conditioning.maskedPosterior.mean.shape
    let image = conditioning.imagePosterior.map { scaled($0.sample(using: &generator)) }
    let noise = generator.latentNoise(shape)
    let masked = scaled(conditioning.maskedPosterior.sample(using: &generator))
    let start = try image.map { try sampler.addNoise(to: $0, noise: noise) }
      ?? noise * Float(sampler.initialNoiseScale)
    let predict = predictor(
      mask: conditioning.latentMask, masked: masked, context: context, settings: settings)
    return Denoising(sampler: sampler, latent: start, model: predict)
  }

  private func scaled(_ latent: Tensor) -> Tensor {
    latent * Float(autoencoder.configuration.scalingFactor)
  }

  /// The guided prediction for a latent `[1, h, w, c]` at a timestep; with guidance one pass of
  /// batch two.
  private func predictor(
    mask: Tensor, masked: Tensor, context: Tensor, settings: DenoisingSettings
  ) -> (Tensor, Float) throws -> Tensor {
    { [unet] latent, timestep in
      let sample = Tensor.concatenated([latent, mask, masked], axis: 3)
      guard settings.usesGuidance else {
        return try unet(sample: sample, timestep: timestep, context: context)
      }
      let both = try unet(
        sample: Tensor.concatenated([sample, sample], axis: 0), timestep: timestep,
        context: context)
      return classifierFreeGuidance(
        unconditional: both.slice(0..<1, axis: 0), conditional: both.slice(1..<2, axis: 0),
        scale: Float(settings.guidanceScale), rescale: Float(settings.guidanceRescale))
    }
  }

  /// Decodes a finished latent to pixels `[1, height, width, 3]`, clipped to 0 ... 1.
  package func decode(_ latent: Tensor) throws -> Tensor {
    let factor = Float(autoencoder.configuration.scalingFactor)
    return try autoencoder.decode(latent * (1 / factor)).affine(0.5, 0.5).clamped(0, 1)
  }
}

/// A diagonal normal distribution over latents, each `[1, h, w, channels]`.
package struct LatentPosterior: Sendable {
  package var mean: Tensor
  package var logVariance: Tensor

  /// Draws once, in the reference's order of channels before rows.
  package func sample(using generator: inout TorchGenerator) -> Tensor {
    let noise = generator.latentNoise(mean.shape)
    return mean + (logVariance * 0.5).exponential() * noise
  }
}

extension TorchGenerator {
  /// Standard normal values `[batch, height, width, channels]`, drawn as the reference does:
  /// channels before rows.
  fileprivate mutating func latentNoise(_ shape: Shape) -> Tensor {
    normal(shape: [shape[0], shape[3], shape[1], shape[2]]).nchwToNHWC()
  }
}
