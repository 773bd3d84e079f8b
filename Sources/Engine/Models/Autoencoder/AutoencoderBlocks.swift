import Checkpoints
import Layers
import Tensors

/// Residual blocks, one after the other, that keep the size.
struct ResidualChain: Sendable {
  private let blocks: [ResidualBlock]

  init(
    _ name: String, count: Int, from inputs: Int, to outputs: Int,
    _ configuration: AutoencoderConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    var blocks: [ResidualBlock] = []
    for index in 0..<count {
      blocks.append(
        try ResidualBlock(
          "\(name).resnets.\(index)", from: index == 0 ? inputs : outputs, to: outputs,
          groups: configuration.groups, epsilon: configuration.epsilon, timeWidth: nil, &weights))
    }
    self.blocks = blocks
  }

  /// - Parameter recomputing: whether blocks keep only their inputs (see `checkpointed`).
  func callAsFunction(_ x: Tensor, recomputing: Bool = false) -> Tensor {
    blocks.reduce(x) { x, block in checkpointed(if: recomputing) { block(x) } }
  }

  /// The same strip by strip where the map is large.
  ///
  /// Besides `x`, one map of the output exists whole: every block but the first replaces its own
  /// input.
  func callAsFunction(_ x: StripedMap, _ tiling: AutoencoderTiling) -> Tensor {
    guard let first = blocks.first else { return x.whole() }
    var x = x
    x.rowsPerStrip = tiling.rowsPerStrip
    guard !x.isSmall else { return self(x.whole()) }
    var result = first(x).stored()
    for block in blocks.dropFirst() {
      result.overwrite(rowsPerStrip: x.rowsPerStrip) { block($0) }
    }
    return result
  }
}

/// Single-head attention between all pixels, added to its input (diffusers `Attention` in
/// `UNetMidBlock2D`).
struct PixelAttention: Sendable {
  private let normalization: GroupNormalization
  private let context: KeyValueProjection
  private let attention: CrossAttention

  init(
    _ name: String, channels: Int, _ configuration: AutoencoderConfiguration,
    _ weights: inout WeightStore
  ) throws(CheckpointError) {
    normalization = try weights.groupNormalization(
      "\(name).group_norm", channels: channels, groups: configuration.groups,
      epsilon: configuration.epsilon)
    context = try KeyValueProjection(name, from: channels, to: channels, bias: true, &weights)
    attention = try CrossAttention(name, width: channels, heads: 1, bias: true, &weights)
  }

  /// `[batch, height, width, channels]` to the same shape.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let shape = x.shape
    // [batch, height, width, channels] to [batch, positions, channels]
    let positions: Shape = [shape[0], shape[1] * shape[2], shape[3]]
    let pixels = normalization(x).reshaped(positions)
    return attention(pixels, context(pixels), adding: x.reshaped(positions)).reshaped(shape)
  }
}

/// The coarsest part of encoder and decoder (diffusers `UNetMidBlock2D`).
struct AutoencoderMiddle: Sendable {
  private let first: ResidualBlock
  private let attention: PixelAttention?
  private let last: ResidualBlock

  init(
    _ name: String, _ configuration: AutoencoderConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    let channels = configuration.blockChannels[configuration.blockChannels.count - 1]
    let (groups, epsilon) = (configuration.groups, configuration.epsilon)
    first = try ResidualBlock(
      "\(name).resnets.0", from: channels, to: channels, groups: groups, epsilon: epsilon,
      timeWidth: nil, &weights)
    attention =
      configuration.attendsInMiddle
      ? try PixelAttention(
        "\(name).attentions.0", channels: channels, configuration, &weights) : nil
    last = try ResidualBlock(
      "\(name).resnets.1", from: channels, to: channels, groups: groups, epsilon: epsilon,
      timeWidth: nil, &weights)
  }

  func callAsFunction(_ x: Tensor, recomputing: Bool = false) -> Tensor {
    var hidden = checkpointed(if: recomputing) { first(x) }
    if let attention {
      hidden = checkpointed(if: recomputing) { [hidden] in attention(hidden) }
    }
    return checkpointed(if: recomputing) { [hidden] in last(hidden) }
  }
}

/// Normalisation, SiLU and a 3x3 convolution: how encoder and decoder end.
struct AutoencoderHead: Sendable {
  private let normalization: GroupNormalization
  private let convolution: Convolution2D

  init(
    _ name: String, from inputs: Int, to outputs: Int,
    _ configuration: AutoencoderConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    normalization = try weights.groupNormalization(
      "\(name).conv_norm_out", channels: inputs, groups: configuration.groups,
      epsilon: configuration.epsilon, activation: .silu)
    convolution = try weights.convolution("\(name).conv_out", from: inputs, to: outputs)
  }

  func callAsFunction(_ x: Tensor) -> Tensor { convolution(normalization(x)) }

  /// The same strip by strip where the map is large.
  func callAsFunction(_ x: Tensor, _ tiling: AutoencoderTiling) -> Tensor {
    var map = StripedMap(x)
    map.rowsPerStrip = tiling.rowsPerStrip
    guard !map.isSmall else { return self(x) }
    return map.normalized(by: normalization).convolved(by: convolution).stored()
  }
}
