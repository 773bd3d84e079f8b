import Checkpoints
import Models
import Tensors

/// One network of a checkpoint at one size, ready to run again and again on the same input.
///
/// Inputs are torch's normal values of seed 0, drawn in its order, so that the peer computes the
/// same thing.
enum Work: String, CaseIterable {
  case text
  case unet
  case encode
  case decode

  /// Loads only the network that the work needs.
  /// - Parameters:
  ///   - size: the picture's side in pixels; the text encoder has none.
  ///   - Returns: the pass; its result is channels last, as the peer writes it.
  func prepare(_ folder: ModelFolder, size: Int, batch: Int) throws -> () throws -> Tensor {
    switch self {
    case .text:
      let model = try CLIPTextModel(
        configuration: CLIPTextConfiguration(
          try folder.configuration(of: "text_encoder"), path: folder.path),
        weights: try folder.weights(of: "text_encoder", naming: .textEncoder))
      // The prompt of a peer without a tokenizer: ascending tokens between start and end.
      let tokens = [49_406] + (1...75).map { $0 * 600 } + [49_407]
      return { try model(tokens: Array(repeating: tokens, count: batch)) }
    case .unet: return try denoiser(folder, size: size, batch: batch)
    case .encode:
      let model = try autoencoder(folder)
      let image = Self.noise([batch, 3, size, size])
      return {
        let (mean, logVariance) = try model.encode(image)
        return Tensor.concatenated([mean, logVariance], axis: 3)
      }
    case .decode:
      let model = try autoencoder(folder)
      let side = size / model.downsamplingFactor
      let latent = Self.noise([batch, model.configuration.latentChannels, side, side])
      return { try model.decode(latent) }
    }
  }

  private func denoiser(
    _ folder: ModelFolder, size: Int, batch: Int
  ) throws -> () throws -> Tensor {
    let model = try UNet2DConditionModel(
      configuration: UNetConfiguration(
        try folder.configuration(of: "unet"), path: folder.path),
      weights: try folder.weights(of: "unet"))
    let sample = Self.noise([batch, model.configuration.inputChannels, size / 8, size / 8])
    var generator = TorchGenerator(seed: 1)
    let context = generator.normal(shape: [batch, 77, model.configuration.contextWidth])
    return { try model(sample: sample, timestep: 500, context: context) }
  }

  private func autoencoder(_ folder: ModelFolder) throws -> AutoencoderKL {
    try AutoencoderKL(
      configuration: AutoencoderConfiguration(
        try folder.configuration(of: "vae"), path: folder.path),
      weights: try folder.weights(of: "vae", naming: .autoencoder))
  }

  /// Normal values, drawn as `[batch, channels, height, width]`, channels last.
  private static func noise(_ shape: Shape) -> Tensor {
    var generator = TorchGenerator(seed: 0)
    return generator.normal(shape: shape).nchwToNHWC()
  }
}
