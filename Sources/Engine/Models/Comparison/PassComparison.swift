import Tensors

/// Whole passes of the networks on random input, small enough for a full-size model.
enum PassComparison {
  /// The relative error of each kind of pass of a network.
  static func errors(
    _ part: EditorPart, _ stored: EditorNetworks, _ exact: EditorNetworks
  ) throws(ModelError) -> [String: Double] {
    switch part {
    case .textEncoder: try ["encode": text(stored, exact)]
    case .unet: try ["denoise": denoiser(stored, exact)]
    case .autoencoder: try pictures(stored, exact)
    }
  }

  private static func tokens(_ networks: EditorNetworks) -> [[Int]] {
    let configuration = networks.textEncoder.configuration
    let numbers = (0..<configuration.positions).map { index in
      // A walk through the vocabulary without short cycles.
      (index * 7919 + 13) % configuration.vocabularySize
    }
    return [numbers]
  }

  private static func text(
    _ stored: EditorNetworks, _ exact: EditorNetworks
  ) throws(ModelError) -> Double {
    let tokens = tokens(exact)
    return Deviation(
      of: try stored.textEncoder(tokens: tokens), from: try exact.textEncoder(tokens: tokens)
    ).relative
  }

  /// At a latent of 16 by 16 and a timestep in the middle, both with the exact text.
  private static func denoiser(
    _ stored: EditorNetworks, _ exact: EditorNetworks
  ) throws(ModelError) -> Double {
    var generator = TorchGenerator(seed: 2)
    let sample = generator.normal(shape: [1, 16, 16, exact.unet.configuration.inputChannels])
    let context = try exact.textEncoder(tokens: tokens(exact))
    return Deviation(
      of: try stored.unet(sample: sample, timestep: 500, context: context),
      from: try exact.unet(sample: sample, timestep: 500, context: context)
    ).relative
  }

  /// At a latent of 8 by 8 and a picture of its size.
  private static func pictures(
    _ stored: EditorNetworks, _ exact: EditorNetworks
  ) throws(ModelError) -> [String: Double] {
    var generator = TorchGenerator(seed: 3)
    let latent = generator.normal(
      shape: [1, 8, 8, exact.autoencoder.configuration.latentChannels])
    let side = 8 * exact.autoencoder.downsamplingFactor
    let image = generator.normal(shape: [1, side, side, 3]).clamped(-1, 1)
    let decoding = Deviation(
      of: try stored.autoencoder.decode(latent), from: try exact.autoencoder.decode(latent))
    let encoding = Deviation(
      of: try stored.autoencoder.encode(image).mean, from: try exact.autoencoder.encode(image).mean
    )
    return ["decode": decoding.relative, "encode": encoding.relative]
  }
}
