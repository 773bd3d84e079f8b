package import Checkpoints

/// The configuration of an autoencoder, `vae/config.json` of diffusers' `AutoencoderKL`.
package struct AutoencoderConfiguration: Sendable, Equatable {
  package var imageChannels: Int
  package var outputChannels: Int
  package var latentChannels: Int
  /// Channels of each level, finest first.
  package var blockChannels: [Int]
  /// Residual blocks of each level of the encoder; the decoder has one more.
  package var layers: Int
  package var groups: Int
  /// Of every normalisation; the file has no key for it.
  package var epsilon: Float = 1e-6
  /// Whether the coarsest part attends to itself.
  package var attendsInMiddle: Bool
  package var hasQuantConvolution: Bool
  package var hasPostQuantConvolution: Bool
  /// The denoiser sees `(latent - shiftFactor) * scalingFactor`.
  package var scalingFactor: Float
  package var shiftFactor: Float

  /// How much smaller a latent is than its picture, in height and in width.
  package var downsamplingFactor: Int { 1 << (blockChannels.count - 1) }

  /// Keys that cannot change what is computed here: sizes of training pictures, and precision, for
  /// everything is computed in 32 bits.
  private static let ignored: Set<String> = ["force_upcast", "sample_size"]

  /// Reads the members of the file; absent keys have the reference's defaults.
  package init(_ members: JSONObject, path: String) throws(ModelError) {
    var reader = ConfigurationReader(members, path: path, ignoring: Self.ignored)
    try reader.neutral("_class_name", .string("AutoencoderKL"))
    try reader.neutral("act_fn", .string("silu"), .string("swish"))
    try reader.neutral("latents_mean")
    try reader.neutral("latents_std")
    let sizes = 1...65536
    imageChannels = try reader.integer("in_channels", in: sizes, default: 3)
    outputChannels = try reader.integer("out_channels", in: sizes, default: 3)
    latentChannels = try reader.integer("latent_channels", in: sizes, default: 4)
    blockChannels = try reader.integers("block_out_channels", in: sizes, default: [64])
    let blocks = blockChannels.count
    _ = try reader.choices(
      "down_block_types", blocks: blocks, ["DownEncoderBlock2D": true], default: [true])
    _ = try reader.choices(
      "up_block_types", blocks: blocks, ["UpDecoderBlock2D": true], default: [true])
    layers = try reader.integer("layers_per_block", in: 1...64, default: 1)
    groups = try reader.integer("norm_num_groups", in: sizes, default: 32)
    attendsInMiddle = try reader.bool("mid_block_add_attention", default: true)
    hasQuantConvolution = try reader.bool("use_quant_conv", default: true)
    hasPostQuantConvolution = try reader.bool("use_post_quant_conv", default: true)
    scalingFactor = Float(try reader.number("scaling_factor", in: 1e-6...1e6, default: 0.18215))
    shiftFactor = Float(try reader.number("shift_factor", in: -1e6...1e6, default: 0))
    try reader.finish()
    if let channels = blockChannels.first(where: { $0 % groups != 0 }) {
      throw .inconsistent(
        path: path, key: "norm_num_groups",
        reason: "\(groups) does not divide the \(channels) channels")
    }
  }
}
