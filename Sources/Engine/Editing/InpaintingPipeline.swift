package import Checkpoints
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
  package let networks: EditorNetworks
  package let schedule: NoiseSchedule
  /// The sampler that the folder names, where it is built in.
  package let folderSampler: SamplerKind?

  /// Loads every part of a diffusers folder; throws the error of the part that cannot be used.
  package init(folder: ModelFolder) throws {
    tokenizer = try CLIPTokenizer(folder: folder.path(of: "tokenizer"))
    networks = try EditorNetworks(folder: folder)
    let configuration = try SchedulerConfiguration(
      contentsOf: folder.configurationPath(of: "scheduler"))
    folderSampler = configuration.defaultSampler
    schedule = try NoiseSchedule(configuration: configuration.asInPipelines)
    let embedded = networks.textEncoder.configuration.vocabularySize
    guard tokenizer.vocabularySize <= embedded else {
      throw EditError.model(
        "the tokenizer has \(tokenizer.vocabularySize) tokens, the text encoder embeds "
          + "\(embedded); the two do not belong together")
    }
  }

  package var unet: UNet2DConditionModel { networks.unet }
  package var autoencoder: AutoencoderKL { networks.autoencoder }
  /// Tokens that the text encoder reads at once.
  package var window: Int { networks.textEncoder.configuration.positions }
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
  /// - Returns: the U-Net's keys and values of two texts or one, the unconditional one first.
  package func encode(
    _ prompt: TokenizedPrompt, negative: TokenizedPrompt, usesGuidance: Bool
  ) throws -> UNet2DConditionModel.PreparedContext {
    let tokens = usesGuidance ? [negative.ids, prompt.ids] : [prompt.ids]
    return try unet.prepare(context: try networks.textEncoder(tokens: tokens))
  }

  /// Encodes the pictures that condition the denoising.
  /// - Parameters:
  ///   - maskedImage: `[1, height, width, 3]` in -1...1, the hole filled.
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
  /// noise, the masked picture's posterior, then what the sampler draws, all from one generator.
  package func denoising(
    _ conditioning: InpaintingConditioning, context: UNet2DConditionModel.PreparedContext,
    settings: DenoisingSettings
  ) throws -> Denoising {
    var generator = TorchGenerator(seed: UInt64(settings.seed))
    let sampler = try schedule.sampler(
      settings.sampler, steps: settings.steps, strength: settings.strength)
    let shape = conditioning.maskedPosterior.mean.shape
    let image = conditioning.imagePosterior.map { scaled($0.sample(using: &generator)) }
    let noise = generator.latentNoise(shape)
    let masked = scaled(conditioning.maskedPosterior.sample(using: &generator))
    let start =
      image.map { sampler.addNoise(to: $0, noise: noise) }
      ?? noise * Float(sampler.initialNoiseScale)
    let predict = predictor(
      mask: conditioning.latentMask, masked: masked, context: context, settings: settings)
    return Denoising(sampler: sampler, latent: start, generator: generator, model: predict)
  }

  private func scaled(_ latent: Tensor) -> Tensor {
    latent * Float(autoencoder.configuration.scalingFactor)
  }

  /// The guided prediction for a latent `[1, h, w, c]` at a timestep; with guidance one pass of
  /// batch two.
  private func predictor(
    mask: Tensor, masked: Tensor, context: UNet2DConditionModel.PreparedContext,
    settings: DenoisingSettings
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

  /// Decodes a finished latent to pixels `[1, height, width, 3]`, clipped to 0...1.
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
