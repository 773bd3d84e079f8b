import Checkpoints
import Diffusion
import Losses
import Models
import Optimizers
import Tensors

/// What is trained, from the weights of a model folder: loss, gradients, clipping and AdamW.
///
/// Inputs are torch's normal values of fixed seeds, the same at every step, so that the peer computes
/// the same thing.
enum TrainingWork: String, CaseIterable {
  case unet
  case autoencoder

  private static let rule = TrainingStep(learningRate: 2e-5, maximumNorm: 1)

  /// - Parameters:
  ///   - side: of the latent for the U-Net, of the picture for the autoencoder.
  ///   - microBatch: samples of one pass; it divides the batch.
  /// - Returns: one step, which gives its loss.
  func prepare(
    _ path: String, side: Int, batch: Int, microBatch: Int, recomputing: Bool
  ) throws -> () throws -> Float {
    let folder = try ModelFolder(path: path)
    let part = self == .unet ? "unet" : "vae"
    let weights = try folder.weights(
      of: part, naming: self == .unet ? .asStored : .autoencoder)
    var settings = AdamW.Settings()
    settings.betas = (0.9, 0.99)
    var state = TrainingState(
      try Parameters(weights), settings: settings, averageDecay: nil)
    let loss =
      self == .unet
      ? try denoising(folder, side, batch, recomputing)
      : try coding(folder, side, batch, recomputing)
    let shares = [Float](
      repeating: Float(microBatch) / Float(batch), count: batch / microBatch)
    return {
      try Self.rule(&state, shares: shares) { weights, index in
        try loss(weights, index * microBatch..<(index + 1) * microBatch)
      }.loss
    }
  }

  private func denoising(
    _ folder: ModelFolder, _ side: Int, _ batch: Int, _ recomputing: Bool
  ) throws -> (WeightStore, _ samples: Range<Int>) throws -> Tensor {
    let path = folder.configurationPath(of: "unet")
    let configuration = try UNetConfiguration(try folder.configuration(of: "unet"), path: path)
    let schedule = try NoiseSchedule(
      configuration: SchedulerConfiguration(
        contentsOf: folder.configurationPath(of: "scheduler")))
    let (rule, channels) = (DenoisingLoss(schedule: schedule), configuration.outputChannels)
    let latents = Self.noise(0, [batch, channels, side, side])
    let noise = Self.noise(1, [batch, channels, side, side])
    let timesteps = (0..<batch).map { (17 + 389 * $0) % 1000 }
    let conditioning = Self.noise(
      2, [batch, configuration.inputChannels - channels, side, side])
    let context = Self.context(3, [batch, 16, configuration.contextWidth])
    return { weights, samples in
      var network = try UNet2DConditionModel(configuration: configuration, weights: weights)
      network.recomputesBlocks = recomputing
      return try rule(
        network,
        DenoisingBatch(
          latents: latents.slice(samples, axis: 0), noise: noise.slice(samples, axis: 0),
          timesteps: Array(timesteps[samples]),
          conditioning: conditioning.slice(samples, axis: 0),
          context: context.slice(samples, axis: 0)))
    }
  }

  private func coding(
    _ folder: ModelFolder, _ side: Int, _ batch: Int, _ recomputing: Bool
  ) throws -> (WeightStore, _ samples: Range<Int>) throws -> Tensor {
    let path = folder.configurationPath(of: "vae")
    let configuration = try AutoencoderConfiguration(
      try folder.configuration(of: "vae"), path: path)
    let small = side / configuration.downsamplingFactor
    let images = Self.noise(0, [batch, 3, side, side])
    let noise = Self.noise(1, [batch, configuration.latentChannels, small, small])
    let rule = AutoencoderLoss()
    return { weights, samples in
      var network = try AutoencoderKL(configuration: configuration, weights: weights)
      network.recomputesBlocks = recomputing
      return try rule(
        network, images: images.slice(samples, axis: 0), noise: noise.slice(samples, axis: 0))
    }
  }

  /// Normal values, drawn as `[batch, channels, height, width]`, channels last.
  private static func noise(_ seed: UInt64, _ shape: Shape) -> Tensor {
    context(seed, shape).nchwToNHWC()
  }

  private static func context(_ seed: UInt64, _ shape: Shape) -> Tensor {
    var generator = TorchGenerator(seed: seed)
    return generator.normal(shape: shape)
  }
}
