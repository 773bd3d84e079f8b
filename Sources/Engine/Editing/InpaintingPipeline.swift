package import Checkpoints
package import Compute
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
  package internal(set) var networks: EditorNetworks
  package let schedule: NoiseSchedule
  /// The sampler that the folder names, where it is built in.
  package let folderSampler: SamplerKind?
  /// How many of the text encoder's last layers the prompt does without.
  package let clipSkip: Int
  /// Model pixels above which the autoencoder saves memory.
  package let tilesAbove: Int

  /// A picture of 1024 by 1024 pixels would take 2.5 GB in one piece.
  package static let defaultTilesAbove = 1_000_000

  /// Loads every part of a diffusers folder; throws the error of the part that cannot be used.
  package init(
    folder: ModelFolder, storage: WeightStorage = .float32,
    merging adapters: [(file: AdapterFile, weight: Double)] = []
  ) throws {
    tokenizer = try CLIPTokenizer(folder: folder.path(of: "tokenizer"))
    networks = try EditorNetworks(folder: folder, storage: storage, merging: adapters)
    let configuration = try SchedulerConfiguration(
      contentsOf: folder.configurationPath(of: "scheduler"))
    folderSampler = configuration.defaultSampler
    schedule = try NoiseSchedule(configuration: configuration.asInPipelines)
    clipSkip = folder.settings.clipSkip ?? 0
    tilesAbove = folder.settings.tilesAbove ?? Self.defaultTilesAbove
    let layers = networks.textEncoder.configuration.layers
    guard clipSkip <= layers else {
      throw EditError.model(
        "byteedit.json: clip_skip is \(clipSkip), but the text encoder has \(layers) layers")
    }
    let embedded = networks.textEncoder.configuration.vocabularySize
    guard tokenizer.vocabularySize <= embedded else {
      throw EditError.model(
        "the tokenizer has \(tokenizer.vocabularySize) tokens, the text encoder embeds "
          + "\(embedded); the two do not belong together")
    }
  }

  package var unet: UNet2DConditionModel { networks.unet }
  package var autoencoder: PictureAutoencoder { networks.autoencoder }
  /// Tokens that the text encoder reads at once.
  package var window: Int { networks.textEncoder.configuration.positions }
}

/// What the U-Net is conditioned on besides the text; the same for every candidate.
package struct InpaintingConditioning: Sendable {
  /// `[1, h, w, 1]`, 1 = edit.
  package var latentMask: Tensor
  /// Posterior of the masked picture, each `[1, h, w, latent channels]`; only where the U-Net sees
  /// it.
  package var maskedPosterior: LatentPosterior?
  /// Posterior of the whole picture; only where `strength` is below 1, or where the U-Net sees
  /// nothing but the latent.
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
    try encode([prompt], negative: [negative], usesGuidance: usesGuidance)
  }

  /// The same for a batch: all unconditional ones before all others.
  package func encode(
    _ prompts: [TokenizedPrompt], negative negatives: [TokenizedPrompt], usesGuidance: Bool
  ) throws -> UNet2DConditionModel.PreparedContext {
    // The reference skips layers for the prompt alone; without a skip both go in one batch.
    guard clipSkip > 0 else {
      let tokens = (usesGuidance ? negatives : []).map(\.ids) + prompts.map(\.ids)
      return try unet.prepare(context: try networks.textEncoder(tokens: tokens))
    }
    let wanted = try networks.textEncoder(tokens: prompts.map(\.ids), skippingLast: clipSkip)
    guard usesGuidance else { return try unet.prepare(context: wanted) }
    let unwanted = try networks.textEncoder(tokens: negatives.map(\.ids))
    return try unet.prepare(context: Tensor.concatenated([unwanted, wanted], axis: 0))
  }

  /// Encodes the pictures that condition the denoising.
  /// - Parameters:
  ///   - maskedImage: `[1, height, width, 3]` in -1...1, the hole filled; passed over where the
  ///     U-Net does not see it.
  ///   - image: the same with its hole's content, needed where `strength` is below 1, or where the
  ///     U-Net sees nothing but the latent.
  ///   - latentMask: `[1, height / f, width / f, 1]`.
  package func condition(
    maskedImage: Tensor, image: Tensor?, latentMask: Tensor
  ) throws -> InpaintingConditioning {
    defer { BufferPool.current.trimBetweenStages() }
    return InpaintingConditioning(
      latentMask: latentMask,
      maskedPosterior: networks.seesMask ? try posterior(maskedImage) : nil,
      imagePosterior: try image.map(posterior))
  }

  private func posterior(_ image: Tensor) throws -> LatentPosterior {
    let (mean, logVariance) = try autoencoder.encode(
      image, tiling: tiling(height: image.shape[1], width: image.shape[2]))
    return LatentPosterior(mean: mean, logVariance: logVariance)
  }

  /// - Parameters: the picture's size in model pixels.
  private func tiling(height: Int, width: Int) -> AutoencoderTiling? {
    height * width > tilesAbove ? AutoencoderTiling() : nil
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
    let size = conditioning.latentMask.shape
    let image = conditioning.imagePosterior.map { scaled($0.sample(using: &generator)) }
    let shape: Shape = [1, size[1], size[2], autoencoder.configuration.latentChannels]
    let noise = generator.latentNoise(shape)
    let masked = conditioning.maskedPosterior.map { scaled($0.sample(using: &generator)) }
    // The reference draws the masked picture's posterior even for a model that does not see it, and
    // what the sampler draws comes after.
    if masked == nil { _ = generator.latentNoise(shape) }
    let start =
      settings.strength < 1
      ? image.map { sampler.addNoise(to: $0, noise: noise) }
      : noise * Float(sampler.initialNoiseScale)
    guard let start else { throw EditError.model("the picture's own latent is needed") }
    let predict = predictor(
      seen: masked.map { [conditioning.latentMask, $0] } ?? [], context: context,
      settings: settings)
    guard masked == nil, let image else {
      return Denoising(sampler: sampler, latent: start, generator: generator, model: predict)
    }
    let blending = LatentBlending(
      sampler, original: image, noise: noise, mask: conditioning.latentMask)
    return Denoising(sampler: blending, latent: start, generator: generator, model: predict)
  }

  /// Draws the noise of several edits and returns their denoising as one batch.
  ///
  /// Each edit draws from a generator of its own, in the order above; the batch starts from noise
  /// alone (`strength` 1), and neither may the sampler draw nor the U-Net do without the mask, for
  /// which one generator would have to serve all: such edits come one by one.
  package func denoising(
    _ conditionings: [InpaintingConditioning], seeds: [UInt32],
    context: UNet2DConditionModel.PreparedContext, settings: DenoisingSettings
  ) throws -> Denoising {
    if conditionings.count == 1, let only = conditionings.first, let seed = seeds.first {
      var settings = settings
      settings.seed = seed
      return try denoising(only, context: context, settings: settings)
    }
    var (noises, masks, known): ([Tensor], [Tensor], [Tensor]) = ([], [], [])
    for (conditioning, seed) in zip(conditionings, seeds) {
      guard let posterior = conditioning.maskedPosterior else {
        throw EditError.model("a batch needs a model that sees the mask")
      }
      var generator = TorchGenerator(seed: UInt64(seed))
      noises.append(generator.latentNoise(posterior.mean.shape))
      known.append(scaled(posterior.sample(using: &generator)))
      masks.append(conditioning.latentMask)
    }
    let sampler = try schedule.sampler(settings.sampler, steps: settings.steps, strength: 1)
    let seen = [masks, known].map { Tensor.concatenated($0, axis: 0) }
    return Denoising(
      sampler: sampler,
      latent: Tensor.concatenated(noises, axis: 0) * Float(sampler.initialNoiseScale),
      generator: TorchGenerator(seed: 0),
      model: predictor(seen: seen, context: context, settings: settings))
  }

  private func scaled(_ latent: Tensor) -> Tensor {
    latent * Float(autoencoder.configuration.scalingFactor)
  }

  /// The guided prediction for latents `[batch, h, w, c]` at a timestep; with guidance one pass of
  /// twice the batch.
  ///
  /// - Parameter seen: what the U-Net sees behind the latent.
  private func predictor(
    seen: [Tensor], context: UNet2DConditionModel.PreparedContext, settings: DenoisingSettings
  ) -> (Tensor, Float) throws -> Tensor {
    { [unet] latent, timestep in
      let sample = seen.isEmpty ? latent : Tensor.concatenated([latent] + seen, axis: 3)
      guard settings.usesGuidance else {
        return try unet(sample: sample, timestep: timestep, context: context)
      }
      let batch = sample.shape[0]
      let both = try unet(
        sample: Tensor.concatenated([sample, sample], axis: 0), timestep: timestep,
        context: context)
      return classifierFreeGuidance(
        unconditional: both.slice(0..<batch, axis: 0),
        conditional: both.slice(batch..<2 * batch, axis: 0),
        scale: Float(settings.guidanceScale), rescale: Float(settings.guidanceRescale))
    }
  }

  /// Decodes finished latents to pixels `[batch, height, width, 3]`, clipped to 0...1.
  package func decode(_ latent: Tensor) throws -> Tensor {
    BufferPool.current.trimBetweenStages()
    defer { BufferPool.current.trimBetweenStages() }
    let factor = Float(autoencoder.configuration.scalingFactor)
    let scale = autoencoder.downsamplingFactor
    let tiling = tiling(height: latent.shape[1] * scale, width: latent.shape[2] * scale)
    return try autoencoder.decode(latent * (1 / factor), tiling: tiling)
      .affine(0.5, 0.5).clamped(0, 1)
  }
}

/// A diagonal normal distribution over latents, each `[1, h, w, channels]`.
package struct LatentPosterior: Sendable {
  package var mean: Tensor
  /// Nothing where the autoencoder gives one latent alone.
  package var logVariance: Tensor?

  /// Draws once, in the reference's order of channels before rows.
  package func sample(using generator: inout TorchGenerator) -> Tensor {
    guard let logVariance else { return mean }
    let noise = generator.latentNoise(mean.shape)
    return mean + (logVariance * 0.5).exponential() * noise
  }
}
