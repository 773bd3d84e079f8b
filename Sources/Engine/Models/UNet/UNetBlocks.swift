import Checkpoints
import Layers
import Tensors

/// What every block of one pass is given besides its feature map.
struct UNetConditioning: Sendable {
  /// The activated time embedding, `[batch or 1, time width]`.
  let time: Tensor
  let context: [KeysAndValues]
  /// Whether blocks keep only their inputs and compute the rest again for gradients.
  var recomputes = false
}

/// A level on the way down (diffusers `DownBlock2D`, `CrossAttnDownBlock2D`).
struct DownBlock: Sendable {
  private let layers: [UNetLayer]
  private let downsampler: Downsampler?

  init(level: Int, _ builder: inout UNetBuilder) throws(CheckpointError) {
    let configuration = builder.configuration
    let channels = configuration.blockChannels
    var layers: [UNetLayer] = []
    for index in 0..<configuration.layers[level] {
      let inputs = index == 0 ? channels[max(level - 1, 0)] : channels[level]
      layers.append(
        try UNetLayer(
          "down_blocks.\(level)", index: index, level: level, from: inputs,
          attends: configuration.attendsDown[level], &builder))
    }
    self.layers = layers
    downsampler =
      level == channels.count - 1
      ? nil
      : try Downsampler(
        "down_blocks.\(level).downsamplers.0", channels: channels[level],
        isAsymmetric: configuration.isDownsamplingAsymmetric, &builder.weights)
  }

  /// Returns the feature map after every layer and after halving: the way up needs them all, and
  /// the last is the next block's input.
  func callAsFunction(_ x: Tensor, _ conditioning: UNetConditioning) -> [Tensor] {
    var hidden = x
    var states: [Tensor] = []
    for layer in layers {
      hidden = layer(hidden, conditioning)
      states.append(hidden)
    }
    if let downsampler { states.append(downsampler(hidden)) }
    return states
  }
}

/// A level on the way up (diffusers `UpBlock2D`, `CrossAttnUpBlock2D`).
struct UpBlock: Sendable {
  private let layers: [UNetLayer]
  private let upsampler: Upsampler?

  /// - Parameter index: 0 is the coarsest level.
  init(index: Int, _ builder: inout UNetBuilder) throws(CheckpointError) {
    let configuration = builder.configuration
    let channels = configuration.blockChannels
    let level = channels.count - 1 - index
    let coarser = channels[min(level + 1, channels.count - 1)]
    let finer = channels[max(level - 1, 0)]
    let count = configuration.layers[level] + 1
    var layers: [UNetLayer] = []
    for layer in 0..<count {
      let skipped = layer == count - 1 ? finer : channels[level]
      layers.append(
        try UNetLayer(
          "up_blocks.\(index)", index: layer, level: level,
          from: (layer == 0 ? coarser : channels[level]) + skipped,
          attends: configuration.attendsUp[index], &builder))
    }
    self.layers = layers
    upsampler =
      level == 0
      ? nil
      : try Upsampler(
        "up_blocks.\(index).upsamplers.0", channels: channels[level], &builder.weights)
  }

  /// Takes one state of the way down for each layer off the end of `states`, then doubles to the
  /// size of the state that comes next.
  func callAsFunction(
    _ x: Tensor, states: inout [Tensor], _ conditioning: UNetConditioning
  ) -> Tensor {
    var hidden = x
    for layer in layers {
      let skipped = states.removeLast()
      hidden = layer(Tensor.concatenated([hidden, skipped], axis: 3), conditioning)
    }
    guard let upsampler else { return hidden }
    let size = states.last.map { (height: $0.shape[1], width: $0.shape[2]) }
    return upsampler(hidden, size: size)
  }
}

/// The coarsest part (diffusers `UNetMidBlock2DCrossAttn`, `UNetMidBlock2D`).
struct MiddleBlock: Sendable {
  private let first: ResidualBlock
  private let rest: (transformer: SpatialTransformer, last: ResidualBlock)?

  init(_ builder: inout UNetBuilder) throws(CheckpointError) {
    let level = builder.configuration.blockChannels.count - 1
    first = try Self.residual(0, &builder)
    guard builder.configuration.middle == .crossAttention else {
      rest = nil
      return
    }
    let transformer = try SpatialTransformer("mid_block.attentions.0", level: level, &builder)
    rest = (transformer, try Self.residual(1, &builder))
  }

  private static func residual(
    _ index: Int, _ builder: inout UNetBuilder
  ) throws(CheckpointError) -> ResidualBlock {
    let configuration = builder.configuration
    let channels = configuration.blockChannels[configuration.blockChannels.count - 1]
    return try ResidualBlock(
      "mid_block.resnets.\(index)", from: channels, to: channels, groups: configuration.groups,
      epsilon: configuration.epsilon, timeWidth: configuration.timeWidth, &builder.weights)
  }

  func callAsFunction(_ x: Tensor, _ conditioning: UNetConditioning) -> Tensor {
    let (time, recomputes) = (conditioning.time, conditioning.recomputes)
    let hidden = checkpointed(if: recomputes) { first(x, time: time) }
    guard let rest else { return hidden }
    let attended = checkpointed(if: recomputes) {
      rest.transformer(hidden, context: conditioning.context)
    }
    return checkpointed(if: recomputes) { rest.last(attended, time: time) }
  }
}

/// A residual block and the transformer behind it, where the level attends.
private struct UNetLayer: Sendable {
  private let residual: ResidualBlock
  private let transformer: SpatialTransformer?

  init(
    _ block: String, index: Int, level: Int, from inputs: Int, attends: Bool,
    _ builder: inout UNetBuilder
  ) throws(CheckpointError) {
    let configuration = builder.configuration
    residual = try ResidualBlock(
      "\(block).resnets.\(index)", from: inputs, to: configuration.blockChannels[level],
      groups: configuration.groups, epsilon: configuration.epsilon,
      timeWidth: configuration.timeWidth, &builder.weights)
    transformer =
      attends
      ? try SpatialTransformer(
        "\(block).attentions.\(index)", level: level,
        contextOnly: configuration.attendsToContextOnly[level], &builder) : nil
  }

  func callAsFunction(_ x: Tensor, _ conditioning: UNetConditioning) -> Tensor {
    let recomputes = conditioning.recomputes
    let hidden = checkpointed(if: recomputes) { residual(x, time: conditioning.time) }
    guard let transformer else { return hidden }
    return checkpointed(if: recomputes) { transformer(hidden, context: conditioning.context) }
  }
}
