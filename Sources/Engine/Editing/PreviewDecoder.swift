import Checkpoints
import Diffusion
package import Imaging
package import Models
package import Tensors

/// What a step of a candidate leads to, as far as a quick look can tell.
package struct EditPreview: Sendable {
  /// Counts from 0.
  package var candidate: Int
  /// Counts from 1.
  package var step: Int
  package var of: Int
  /// The crop that the model sees, sRGB in 0...1; it may be smaller than the crop.
  package var picture: FloatImage
}

/// Turns the latents of unfinished candidates into pictures, with an autoencoder of its own: a tiny
/// one costs little beside a step.
package struct PreviewDecoder: Sendable {
  /// The part of a model folder that holds the autoencoder.
  package static let part = "preview_vae"

  package let autoencoder: PictureAutoencoder

  /// Loads the folder of one autoencoder, with `config.json` and weights.
  /// - Parameter latentChannels: of the denoiser whose latents are shown.
  /// - Throws: the error of the file that cannot be read, or `EditError.model` where the
  ///   autoencoder is made for other latents.
  package init(folder: String, latentChannels: Int) throws {
    let path = "\(folder)/config.json"
    let configuration = try PictureAutoencoderConfiguration(
      try JSONFile.object(at: path), path: path)
    guard configuration.latentChannels == latentChannels, configuration.outputChannels == 3 else {
      throw EditError.model(
        "\(path): previews need \(latentChannels) latent channels and 3 of the picture, not "
          + "\(configuration.latentChannels) and \(configuration.outputChannels)")
    }
    autoencoder = try PictureAutoencoder(
      configuration: configuration,
      weights: try WeightStore(folder: folder, naming: .autoencoder))
  }

  /// The picture of a latent as the denoiser has it, `[1, h, w, channels]`.
  package func callAsFunction(_ latent: Tensor) throws -> FloatImage {
    let pixels = try autoencoder.decode(latent * (1 / autoencoder.configuration.scalingFactor))
      .affine(0.5, 0.5).clamped(0, 1)
    return try FloatImage(
      width: pixels.shape[2], height: pixels.shape[1], channels: 3, pixels: pixels.values)
  }

  /// Shows the model's present guess of the finished picture, if somebody looks.
  func show(_ step: Denoising.Step, candidate: Int, to clock: StageClock) throws {
    guard let onPreview = clock.onPreview else { return }
    try onPreview(
      EditPreview(
        candidate: candidate, step: step.index + 1, of: step.count,
        picture: try self(step.predictedOriginal)))
  }
}
