package import Checkpoints
package import Layers

/// The configuration of a tiny autoencoder, `vae/config.json` of diffusers' `AutoencoderTiny`.
package struct AutoencoderTinyConfiguration: Sendable, Equatable {
  package var imageChannels: Int
  package var outputChannels: Int
  package var latentChannels: Int
  /// Channels inside the encoder, on every level.
  package var encoderChannels: Int
  /// Residual blocks of each level of the encoder, finest first.
  package var encoderBlocks: [Int]
  /// Channels inside the decoder, on every level.
  package var decoderChannels: Int
  /// Residual blocks of each level of the decoder, coarsest first.
  package var decoderBlocks: [Int]
  /// Inside a residual block; behind it always stands a rectifier.
  package var activation: Activation
  /// The denoiser sees `latent * scalingFactor`.
  package var scalingFactor: Float

  /// How much smaller a latent is than its picture, in height and in width.
  package var downsamplingFactor: Int { 1 << (encoderBlocks.count - 1) }

  /// Keys that cannot change what is computed here: precision, the range of latents that are stored
  /// as bytes, a shift that the reference does not use, and a copy of the decoder's channels.
  private static let ignored: Set<String> = [
    "block_out_channels", "force_upcast", "latent_magnitude", "latent_shift", "shift_factor",
  ]

  /// Reads the members of the file; absent keys have the reference's defaults.
  package init(_ members: JSONObject, path: String) throws(ModelError) {
    var reader = ConfigurationReader(members, path: path, ignoring: Self.ignored)
    try reader.neutral("_class_name", .string("AutoencoderTiny"))
    try reader.neutral("upsample_fn", .string("nearest"))
    try reader.neutral("upsampling_scaling_factor", .integer(2))
    let sizes = 1...65536
    imageChannels = try reader.integer("in_channels", in: sizes, default: 3)
    outputChannels = try reader.integer("out_channels", in: sizes, default: 3)
    latentChannels = try reader.integer("latent_channels", in: sizes, default: 4)
    encoderBlocks = try reader.integers("num_encoder_blocks", in: 0...64, default: [1, 3, 3, 3])
    decoderBlocks = try reader.integers("num_decoder_blocks", in: 0...64, default: [3, 3, 3, 1])
    encoderChannels = try Self.channels(
      "encoder_block_out_channels", levels: encoderBlocks.count, &reader)
    decoderChannels = try Self.channels(
      "decoder_block_out_channels", levels: decoderBlocks.count, &reader)
    activation = try reader.choice(
      "act_fn", ["relu": .relu, "silu": .silu, "swish": .silu, "gelu": .gelu], default: .relu)
    scalingFactor = Float(try reader.number("scaling_factor", in: 1e-6...1e6, default: 1))
    try reader.finish()
    guard encoderBlocks.count == decoderBlocks.count else {
      throw .inconsistent(
        path: path, key: "num_decoder_blocks",
        reason: "has \(decoderBlocks.count) levels, the encoder \(encoderBlocks.count)")
    }
  }

  /// One number for every level: the layers between levels keep it, so it cannot differ.
  private static func channels(
    _ key: String, levels: Int, _ reader: inout ConfigurationReader
  ) throws(ModelError) -> Int {
    let channels = try reader.integers(
      key, in: 1...65536, default: [Int](repeating: 64, count: levels))
    guard let first = channels.first, channels == [Int](repeating: first, count: levels) else {
      throw .inconsistent(
        path: reader.path, key: key, reason: "is \(channels), not one number on \(levels) levels")
    }
    return first
  }
}
