package import Checkpoints
import Layers
package import Tensors

/// A distilled autoencoder without normalisations: a twentieth of the work, for previews and for
/// editors that were made with it.
///
/// Source: Bohan 2023, "Tiny AutoEncoder for Stable Diffusion"; diffusers `AutoencoderTiny`.
package struct AutoencoderTiny: Sendable {
  package let configuration: AutoencoderTinyConfiguration
  private let encoder: [TinyLayer]
  private let decoder: [TinyLayer]

  /// Takes every tensor out of `weights`; throws for one that is missing, of another shape, or
  /// left over.
  package init(
    configuration: AutoencoderTinyConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    self.configuration = configuration
    var builder = TinyBuilder(weights: weights)
    encoder = try builder.encoder(configuration)
    decoder = try builder.decoder(configuration)
    try builder.weights.finish()
  }

  /// How much smaller a latent is than its picture, in height and in width.
  package var downsamplingFactor: Int { configuration.downsamplingFactor }

  /// The latent of a picture, `[batch, height / f, width / f, latent channels]`, rounded up.
  ///
  /// - Parameter image: `[batch, height, width, 3]` in -1...1; throws for another shape.
  package func encode(_ image: Tensor) throws(ModelError) -> Tensor {
    guard image.shape.rank == 4, image.shape[3] == configuration.imageChannels, image.count > 0
    else {
      throw refusal(
        "a picture \(image.shape), not [batch, height, width, \(configuration.imageChannels)]")
    }
    return encoder.reduce(image.affine(0.5, 0.5)) { $1($0) }
  }

  /// The picture of a latent, `[batch, height * f, width * f, 3]`, about -1...1.
  ///
  /// - Parameter latent: `[batch, height, width, latent channels]`, divided by the scaling factor
  ///   already; throws for another shape.
  package func decode(_ latent: Tensor) throws(ModelError) -> Tensor {
    guard latent.shape.rank == 4, latent.shape[3] == configuration.latentChannels, latent.count > 0
    else {
      throw refusal(
        "a latent \(latent.shape), not [batch, height, width, \(configuration.latentChannels)]")
    }
    return decoder.reduce(Self.softlyClamped(latent)) { $1($0) }.affine(2, -1)
  }

  /// Held within -3...3 without a corner: 3 tanh(x / 3).
  private static func softlyClamped(_ x: Tensor) -> Tensor { 3 * (x / 3).hyperbolicTangent() }

  private func refusal(_ reason: String) -> ModelError {
    .invalidInput(model: "AutoencoderTiny", reason: reason)
  }
}

/// What the two chains are made of; the file numbers the layers through.
private enum TinyLayer: Sendable {
  case convolution(Convolution2D, Activation)
  case block(TinyBlock)
  case doubling

  func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .convolution(let convolution, let activation): convolution(x, activation: activation)
    case .block(let block): block(x)
    case .doubling: upsampledNearest2x(x)
    }
  }
}

/// Three convolutions added to their input, and a rectifier (diffusers `AutoencoderTinyBlock`).
private struct TinyBlock: Sendable {
  let first: Convolution2D
  let second: Convolution2D
  let third: Convolution2D
  let activation: Activation

  /// `[batch, height, width, channels]` to the same shape.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let hidden = second(first(x, activation: activation), activation: activation)
    return Activation.relu(third(hidden, adding: x))
  }
}

/// Builds the two chains in the order of the file.
private struct TinyBuilder {
  var weights: WeightStore

  mutating func encoder(
    _ configuration: AutoencoderTinyConfiguration
  ) throws(CheckpointError) -> [TinyLayer] {
    let channels = configuration.encoderChannels
    var layers: [TinyLayer] = []
    for (level, blocks) in configuration.encoderBlocks.enumerated() {
      let name = "encoder.layers.\(layers.count)"
      let convolution =
        level == 0
        ? try weights.convolution(name, from: configuration.imageChannels, to: channels)
        : try unbiased(name, channels: channels, stride: 2)
      layers.append(.convolution(convolution, .none))
      try add(blocks, to: &layers, "encoder", channels, configuration.activation)
    }
    let last = try weights.convolution(
      "encoder.layers.\(layers.count)", from: channels, to: configuration.latentChannels)
    return layers + [.convolution(last, .none)]
  }

  mutating func decoder(
    _ configuration: AutoencoderTinyConfiguration
  ) throws(CheckpointError) -> [TinyLayer] {
    let channels = configuration.decoderChannels
    let first = try weights.convolution(
      "decoder.layers.0", from: configuration.latentChannels, to: channels)
    var layers: [TinyLayer] = [.convolution(first, configuration.activation)]
    // The file counts the first activation as a layer of its own.
    let shift = 1
    for (level, blocks) in configuration.decoderBlocks.enumerated() {
      try add(blocks, to: &layers, "decoder", channels, configuration.activation, shift)
      let isLast = level == configuration.decoderBlocks.count - 1
      if !isLast { layers.append(.doubling) }
      let name = "decoder.layers.\(layers.count + shift)"
      let convolution =
        isLast
        ? try weights.convolution(name, from: channels, to: configuration.outputChannels)
        : try unbiased(name, channels: channels, stride: 1)
      layers.append(.convolution(convolution, .none))
    }
    return layers
  }

  private mutating func add(
    _ blocks: Int, to layers: inout [TinyLayer], _ part: String, _ channels: Int,
    _ activation: Activation, _ shift: Int = 0
  ) throws(CheckpointError) {
    for _ in 0..<blocks {
      let name = "\(part).layers.\(layers.count + shift).conv"
      layers.append(
        .block(
          TinyBlock(
            first: try weights.convolution("\(name).0", from: channels, to: channels),
            second: try weights.convolution("\(name).2", from: channels, to: channels),
            third: try weights.convolution("\(name).4", from: channels, to: channels),
            activation: activation)))
    }
  }

  private mutating func unbiased(
    _ name: String, channels: Int, stride: Int
  ) throws(CheckpointError) -> Convolution2D {
    try weights.convolution(name, from: channels, to: channels, stride: stride, bias: false)
  }
}
