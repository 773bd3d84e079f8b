package import Checkpoints
package import Tensors

/// The configuration of any autoencoder that an editor may have.
package enum PictureAutoencoderConfiguration: Sendable, Equatable {
  case variational(AutoencoderConfiguration)
  case tiny(AutoencoderTinyConfiguration)

  /// Classes of `model_index.json` and `config.json` that can be read.
  package static let classes = ["AutoencoderKL", "AutoencoderTiny"]

  /// - Parameter className: as the folder's index says; by default as the file itself says.
  package init(
    _ members: JSONObject, path: String, className: String? = nil
  ) throws(ModelError) {
    var name = className
    if name == nil, case .string(let stored)? = members["_class_name"] { name = stored }
    self =
      name == "AutoencoderTiny"
      ? .tiny(try AutoencoderTinyConfiguration(members, path: path))
      : .variational(try AutoencoderConfiguration(members, path: path))
  }

  package var imageChannels: Int {
    switch self {
    case .variational(let configuration): configuration.imageChannels
    case .tiny(let configuration): configuration.imageChannels
    }
  }

  package var outputChannels: Int {
    switch self {
    case .variational(let configuration): configuration.outputChannels
    case .tiny(let configuration): configuration.outputChannels
    }
  }

  package var latentChannels: Int {
    switch self {
    case .variational(let configuration): configuration.latentChannels
    case .tiny(let configuration): configuration.latentChannels
    }
  }

  package var downsamplingFactor: Int {
    switch self {
    case .variational(let configuration): configuration.downsamplingFactor
    case .tiny(let configuration): configuration.downsamplingFactor
    }
  }

  /// The denoiser sees latents multiplied by this.
  package var scalingFactor: Float {
    switch self {
    case .variational(let configuration): configuration.scalingFactor
    case .tiny(let configuration): configuration.scalingFactor
    }
  }
}

/// Any autoencoder that an editor may have: between pictures in -1...1 and latents, channels last.
package enum PictureAutoencoder: Sendable {
  case variational(AutoencoderKL)
  case tiny(AutoencoderTiny)

  /// Takes every tensor out of `weights`; throws for one that is missing, of another shape, or
  /// left over.
  package init(
    configuration: PictureAutoencoderConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    switch configuration {
    case .variational(let configuration):
      self = .variational(try AutoencoderKL(configuration: configuration, weights: weights))
    case .tiny(let configuration):
      self = .tiny(try AutoencoderTiny(configuration: configuration, weights: weights))
    }
  }

  package var configuration: PictureAutoencoderConfiguration {
    switch self {
    case .variational(let model): .variational(model.configuration)
    case .tiny(let model): .tiny(model.configuration)
    }
  }

  package var downsamplingFactor: Int { configuration.downsamplingFactor }

  /// A picture's latent, not yet scaled: its mean, and the logarithm of its variance where the
  /// network gives one.
  ///
  /// See `AutoencoderKL.encode`.
  /// - Parameter tiling: how to save memory; a tiny autoencoder has no need of it.
  package func encode(
    _ image: Tensor, tiling: AutoencoderTiling? = nil
  ) throws(ModelError) -> (mean: Tensor, logVariance: Tensor?) {
    switch self {
    case .variational(let model):
      let (mean, logVariance) = try model.encode(image, tiling: tiling)
      return (mean, logVariance)
    case .tiny(let model): return (try model.encode(image), nil)
    }
  }

  /// The picture of a latent that is divided by the scaling factor already.
  ///
  /// See `AutoencoderKL.decode`.
  package func decode(
    _ latent: Tensor, tiling: AutoencoderTiling? = nil
  ) throws(ModelError) -> Tensor {
    switch self {
    case .variational(let model): try model.decode(latent, tiling: tiling)
    case .tiny(let model): try model.decode(latent)
    }
  }
}
