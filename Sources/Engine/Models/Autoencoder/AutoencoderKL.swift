package import Checkpoints
import Layers
package import Tensors

/// The autoencoder between pictures and latents.
///
/// Source: Rombach et al. 2022, section 3.1; diffusers `AutoencoderKL`.
package struct AutoencoderKL: Sendable {
  package let configuration: AutoencoderConfiguration
  /// In training: every residual and attention block keeps only its inputs and is computed again for
  /// gradients, which takes a third more time and far less memory.
  package var recomputesBlocks = false
  private let encoder: Encoder
  private let decoder: Decoder
  /// 1x1 convolutions on the latents' side.
  private let quantization: Linear?
  private let postQuantization: Linear?

  /// Takes every tensor out of `weights`; throws for one that is missing, of another shape, or
  /// left over.
  package init(
    configuration: AutoencoderConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    var weights = weights
    self.configuration = configuration
    encoder = try Encoder(configuration, &weights)
    decoder = try Decoder(configuration, &weights)
    let channels = configuration.latentChannels
    quantization =
      configuration.hasQuantConvolution
      ? try weights.linear("quant_conv", from: 2 * channels, to: 2 * channels) : nil
    postQuantization =
      configuration.hasPostQuantConvolution
      ? try weights.linear("post_quant_conv", from: channels, to: channels) : nil
    try weights.finish()
  }

  /// How much smaller a latent is than its picture, in height and in width.
  package var downsamplingFactor: Int { configuration.downsamplingFactor }

  /// Mean and logarithm of the variance, held to -30...20 as the reference does, of a picture's
  /// latent: `[batch, height / f, width / f, latent channels]` each, not yet scaled.
  ///
  /// - Parameters:
  ///   - image: `[batch, height, width, 3]` in -1...1, at least f pixels high and wide; throws
  ///     otherwise.
  ///   - tiling: how to save memory, without gradients; without it everything is computed at once.
  package func encode(
    _ image: Tensor, tiling: AutoencoderTiling? = nil
  ) throws(ModelError) -> (mean: Tensor, logVariance: Tensor) {
    let shape = image.shape
    guard shape.rank == 4, shape[3] == configuration.imageChannels, shape.count > 0,
      shape[1] >= downsamplingFactor, shape[2] >= downsamplingFactor
    else {
      throw refusal(
        "a picture \(shape), not [batch, height, width, \(configuration.imageChannels)]"
          + " of at least \(downsamplingFactor) pixels a side")
    }
    let encoded =
      tiling.map { tiling in image.mapSamples { encoder($0, tiling) } }
      ?? encoder(image, recomputing: recomputesBlocks)
    let moments = quantization?(encoded) ?? encoded
    let channels = configuration.latentChannels
    return (
      moments.slice(0..<channels, axis: 3),
      moments.slice(channels..<2 * channels, axis: 3).clamped(-30, 20)
    )
  }

  /// The picture of a latent, `[batch, height * f, width * f, 3]`, about -1...1.
  ///
  /// - Parameters:
  ///   - latent: `[batch, height, width, latent channels]`, divided by the scaling factor and
  ///     shifted already; throws for another shape.
  ///   - tiling: how to save memory, without gradients; without it everything is computed at once.
  package func decode(
    _ latent: Tensor, tiling: AutoencoderTiling? = nil
  ) throws(ModelError) -> Tensor {
    let shape = latent.shape
    guard shape.rank == 4, shape[3] == configuration.latentChannels, shape.count > 0 else {
      throw refusal(
        "a latent \(shape), not [batch, height, width, \(configuration.latentChannels)]")
    }
    let latent = postQuantization?(latent) ?? latent
    return tiling.map { tiling in latent.mapSamples { decoder($0, tiling) } }
      ?? decoder(latent, recomputing: recomputesBlocks)
  }

  private func refusal(_ reason: String) -> ModelError {
    .invalidInput(model: "AutoencoderKL", reason: reason)
  }
}

extension Tensor {
  /// The results for every item of the first axis, one behind the other, without gradients.
  fileprivate func mapSamples(_ body: (Tensor) -> Tensor) -> Tensor {
    let plain = detached
    let results = (0..<shape[0]).map { body(plain.slice($0..<$0 + 1, axis: 0)) }
    return (results.count == 1 ? results[0] : Tensor.concatenated(results, axis: 0))
      .recorded("autoencoder in strips", [self]) { _ throws(TensorError) in
        throw .missingGradient(operation: "autoencoder in strips")
      }
  }
}
