package import Checkpoints

/// `unet/config.json` of a `UNet2DConditionModel` (diffusers), as the Stable Diffusion 1.x and 2.x
/// families and the embedded editor use it.
package struct UNetConfiguration: Sendable, Equatable {
  /// What stands between the way down and the way up.
  package enum Middle: Sendable, Equatable {
    /// Two residual blocks with a transformer between them.
    case crossAttention
    /// One residual block.
    case residual
    /// Nothing.
    case absent
  }

  package var inputChannels: Int
  package var outputChannels: Int
  /// Channels of each level, finest first; the other lists have as many elements.
  package var blockChannels: [Int]
  /// Residual blocks of each level on the way down; on the way up there is one more.
  package var layers: [Int]
  /// Whether a level attends to the context on the way down.
  package var attendsDown: [Bool]
  /// The same on the way up, coarsest level first, as the file lists it.
  package var attendsUp: [Bool]
  package var middle: Middle
  /// Number of attention heads; the file calls it `attention_head_dim`.
  package var heads: [Int]
  package var transformerLayers: [Int]
  /// Whether a level's transformers attend to the context in place of themselves too; the middle
  /// never does.
  package var attendsToContextOnly: [Bool]
  /// Width of the context, for every level.
  package var contextWidths: [Int]
  package var groups: Int
  package var epsilon: Float
  /// Epsilons inside the transformers, for which the file has no key: before the projection, and
  /// of the layers.
  package var projectionEpsilon: Float = 1e-6
  package var transformerEpsilon: Float = 1e-5
  /// Cosines before sines in the time embedding.
  package var cosinesFirst: Bool
  package var frequencyShift: Double
  package var timeWidth: Int
  /// Whether zeros are added below and to the right alone when halving.
  package var isDownsamplingAsymmetric: Bool
  /// Latent height and width that the network was made for; only informative.
  package var sampleSize: Int?

  /// Height and width of a sample on the coarsest level are smaller by this factor.
  package var downsamplingFactor: Int { 1 << (blockChannels.count - 1) }
  /// Width that the context must have; the levels agree on it.
  package var contextWidth: Int { contextWidths.first ?? 0 }

  /// Keys that cannot change what is computed here: dropout is off at inference, and the rest only
  /// matters where another key, which must be null, is set.
  private static let ignored: Set<String> = [
    "addition_embed_type_num_heads", "addition_time_embed_dim", "dropout",
  ]

  private static let channelRange = 1...65536

  /// Reads the members of the file; absent keys have the reference's defaults.
  package init(_ members: JSONObject, path: String) throws(ModelError) {
    var reader = ConfigurationReader(members, path: path, ignoring: Self.ignored)
    try reader.neutral("_class_name", .string("UNet2DConditionModel"))
    let channels = try reader.integers(
      "block_out_channels", in: Self.channelRange, default: [320, 640, 1280, 1280])
    let blocks = channels.count
    blockChannels = channels
    inputChannels = try reader.integer("in_channels", in: Self.channelRange, default: 4)
    outputChannels = try reader.integer("out_channels", in: Self.channelRange, default: 4)
    layers = try reader.integerPerBlock("layers_per_block", blocks: blocks, in: 1...64, default: 2)
    attendsDown = try reader.choices(
      "down_block_types", blocks: blocks, ["DownBlock2D": false, "CrossAttnDownBlock2D": true],
      default: [true, true, true, false])
    attendsUp = try reader.choices(
      "up_block_types", blocks: blocks, ["UpBlock2D": false, "CrossAttnUpBlock2D": true],
      default: [false, true, true, true])
    middle = try Self.middle(members, &reader)
    heads = try reader.integerPerBlock(
      "attention_head_dim", blocks: blocks, in: 1...1024, default: 8)
    transformerLayers = try reader.integerPerBlock(
      "transformer_layers_per_block", blocks: blocks, in: 1...64, default: 1)
    attendsToContextOnly = try reader.boolPerBlock(
      "only_cross_attention", blocks: blocks, default: false)
    contextWidths = try reader.integerPerBlock(
      "cross_attention_dim", blocks: blocks, in: Self.channelRange, default: 1280)
    groups = try reader.integer("norm_num_groups", in: Self.channelRange, default: 32)
    epsilon = Float(try reader.number("norm_eps", in: 0...1, default: 1e-5))
    cosinesFirst = try reader.bool("flip_sin_to_cos", default: true)
    frequencyShift = try reader.number("freq_shift", in: -1024...1024, default: 0)
    timeWidth =
      try reader.optionalInteger("time_embedding_dim", in: Self.channelRange) ?? channels[0] * 4
    isDownsamplingAsymmetric =
      try reader.integer("downsample_padding", in: 0...1, default: 1) == 0
    sampleSize = Self.sampleSize(members, &reader)
    try Self.checkWithoutEffect(&reader)
    try Self.checkNeutral(&reader)
    try reader.finish()
    try checkConsistency(path: path)
  }

  /// Unlike elsewhere, an explicit null means something: no middle block.
  private static func middle(
    _ members: JSONObject, _ reader: inout ConfigurationReader
  ) throws(ModelError) -> Middle {
    let middle = try reader.choice(
      "mid_block_type",
      ["UNetMidBlock2DCrossAttn": Middle.crossAttention, "UNetMidBlock2D": .residual],
      default: .crossAttention)
    return members["mid_block_type"] == .null ? .absent : middle
  }

  /// A number or a pair; the network itself takes any size.
  ///
  /// What no latent has is passed over: the size becomes a resolution, which must not overflow.
  private static func sampleSize(
    _ members: JSONObject, _ reader: inout ConfigurationReader
  ) -> Int? {
    reader.skip("sample_size")
    let stored: Int? =
      switch members["sample_size"] {
      case .integer(let size)?: size
      case .array(let sizes)?: if case .integer(let size)? = sizes.first { size } else { nil }
      default: nil
      }
    return stored.flatMap { channelRange.contains($0) ? $0 : nil }
  }

  /// Keys that may be true or false, for both give the same: the two projections are one product
  /// over channels-last memory, everything is computed in 32 bits anyway, and the kinds of middle
  /// block that are supported do not look at the last.
  private static func checkWithoutEffect(_ reader: inout ConfigurationReader) throws(ModelError) {
    for key in ["use_linear_projection", "upcast_attention", "mid_block_only_cross_attention"] {
      _ = try reader.bool(key, default: false)
    }
  }

  private static func checkNeutral(_ reader: inout ConfigurationReader) throws(ModelError) {
    for key in [
      "addition_embed_type", "class_embed_type", "cross_attention_norm", "encoder_hid_dim",
      "encoder_hid_dim_type", "num_attention_heads", "num_class_embeds",
      "projection_class_embeddings_input_dim", "reverse_transformer_layers_per_block",
      "time_cond_proj_dim", "time_embedding_act_fn", "timestep_post_act",
    ] { try reader.neutral(key) }
    for key in [
      "center_input_sample", "class_embeddings_concat", "dual_cross_attention",
      "resnet_skip_time_act",
    ] { try reader.neutral(key, .bool(false)) }
    for key in ["mid_block_scale_factor", "resnet_out_scale_factor"] {
      try reader.neutral(key, .integer(1))
    }
    for key in ["conv_in_kernel", "conv_out_kernel"] { try reader.neutral(key, .integer(3)) }
    for key in ["attention_type", "resnet_time_scale_shift"] {
      try reader.neutral(key, .string("default"))
    }
    try reader.neutral("act_fn", .string("silu"), .string("swish"))
    try reader.neutral("time_embedding_type", .string("positional"))
  }

  /// Whether a level attends to anything, on the way down, in the middle, or on the way up.
  private func attends(level: Int) -> Bool {
    let last = blockChannels.count - 1
    return attendsDown[level] || attendsUp[last - level]
      || (level == last && middle == .crossAttention)
  }

  private func checkConsistency(path: String) throws(ModelError) {
    func fault(_ key: String, _ reason: String) -> ModelError {
      .inconsistent(path: path, key: key, reason: reason)
    }
    for (level, channels) in blockChannels.enumerated() {
      guard channels % groups == 0 else {
        throw fault("norm_num_groups", "\(groups) does not divide the \(channels) channels")
      }
      guard channels % heads[level] == 0 || !attends(level: level) else {
        throw fault("attention_head_dim", "\(heads[level]) heads do not divide \(channels)")
      }
    }
    guard Set(contextWidths).count == 1 else {
      throw fault("cross_attention_dim", "differs between blocks, but there is one context")
    }
    guard Double(blockChannels[0] / 2) - frequencyShift >= 1 else {
      throw fault("freq_shift", "leaves no frequencies for \(blockChannels[0]) channels")
    }
  }
}
