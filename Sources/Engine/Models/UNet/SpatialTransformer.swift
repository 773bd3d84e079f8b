import Checkpoints
import Layers
import Tensors

/// Collects a U-Net's layers while it is built; cross-attentions are numbered in the order of
/// their building, so that keys and values of a context can be made once for all steps.
struct UNetBuilder {
  let configuration: UNetConfiguration
  var weights: WeightStore
  var contextProjections: [KeyValueProjection] = []
}

/// Transformer layers over the pixels of a feature map, added to it (diffusers
/// `Transformer2DModel`).
struct SpatialTransformer: Sendable {
  private let normalization: GroupNormalization
  private let input: Linear
  private let layers: [TransformerLayer]
  private let output: Linear

  /// - Parameters:
  ///   - level: which level of the configuration the feature map belongs to.
  ///   - contextOnly: whether its layers never attend to themselves.
  init(
    _ name: String, level: Int, contextOnly: Bool = false, _ builder: inout UNetBuilder
  ) throws(CheckpointError) {
    let channels = builder.configuration.blockChannels[level]
    normalization = try builder.weights.groupNormalization(
      "\(name).norm", channels: channels, groups: builder.configuration.groups,
      epsilon: builder.configuration.projectionEpsilon)
    // A 1x1 convolution and a linear layer are one product over channels-last memory.
    input = try builder.weights.linear("\(name).proj_in", from: channels, to: channels)
    var layers: [TransformerLayer] = []
    for index in 0..<builder.configuration.transformerLayers[level] {
      layers.append(
        try TransformerLayer(
          "\(name).transformer_blocks.\(index)", level: level, contextOnly: contextOnly, &builder))
    }
    self.layers = layers
    output = try builder.weights.linear("\(name).proj_out", from: channels, to: channels)
  }

  /// `[batch, height, width, channels]` to the same shape.
  func callAsFunction(_ x: Tensor, context: [KeysAndValues]) -> Tensor {
    let shape = x.shape
    // [batch, height, width, channels] to [batch, positions, channels]
    var hidden = input(normalization(x)).reshaped([shape[0], shape[1] * shape[2], shape[3]])
    for layer in layers { hidden = layer(hidden, context: context) }
    return output(hidden.reshaped(shape), adding: x)
  }
}

/// Where an attention's keys and values come from.
private enum AttentionSource: Sendable {
  /// From its own input.
  case itself(KeyValueProjection)
  /// From the context, prepared under this index.
  case context(Int)

  func callAsFunction(_ x: Tensor, _ context: [KeysAndValues]) -> KeysAndValues {
    switch self {
    case .itself(let projection): projection(x)
    case .context(let index): context[index]
    }
  }
}

extension UNetBuilder {
  /// Adds the projection of one more attention to the context.
  fileprivate mutating func context(
    _ name: String, level: Int
  ) throws(CheckpointError) -> AttentionSource {
    contextProjections.append(
      try KeyValueProjection(
        name, from: configuration.contextWidths[level], to: configuration.blockChannels[level],
        &weights))
    return .context(contextProjections.count - 1)
  }
}

/// Self-attention, attention to the context and a gated feed-forward part, each behind a
/// normalisation and added to its input (diffusers `BasicTransformerBlock`).
private struct TransformerLayer: Sendable {
  private let normalization1: LayerNormalization
  private let firstSource: AttentionSource
  private let firstAttention: CrossAttention
  private let normalization2: LayerNormalization
  private let contextSource: AttentionSource
  private let contextAttention: CrossAttention
  private let normalization3: LayerNormalization
  private let widen: Linear
  private let narrow: Linear

  init(
    _ name: String, level: Int, contextOnly: Bool, _ builder: inout UNetBuilder
  ) throws(CheckpointError) {
    let width = builder.configuration.blockChannels[level]
    let heads = builder.configuration.heads[level]
    let epsilon = builder.configuration.transformerEpsilon
    normalization1 = try builder.weights.layerNormalization(
      "\(name).norm1", width: width, epsilon: epsilon)
    firstSource =
      contextOnly
      ? try builder.context("\(name).attn1", level: level)
      : .itself(
        try KeyValueProjection("\(name).attn1", from: width, to: width, &builder.weights))
    firstAttention = try CrossAttention(
      "\(name).attn1", width: width, heads: heads, &builder.weights)
    normalization2 = try builder.weights.layerNormalization(
      "\(name).norm2", width: width, epsilon: epsilon)
    contextSource = try builder.context("\(name).attn2", level: level)
    contextAttention = try CrossAttention(
      "\(name).attn2", width: width, heads: heads, &builder.weights)
    normalization3 = try builder.weights.layerNormalization(
      "\(name).norm3", width: width, epsilon: epsilon)
    widen = try builder.weights.linear("\(name).ff.net.0.proj", from: width, to: width * 8)
    narrow = try builder.weights.linear("\(name).ff.net.2", from: width * 4, to: width)
  }

  /// `[batch, positions, channels]` to the same shape.
  func callAsFunction(_ x: Tensor, context: [KeysAndValues]) -> Tensor {
    let normalized = normalization1(x)
    var hidden = firstAttention(normalized, firstSource(normalized, context), adding: x)
    let again = normalization2(hidden)
    hidden = contextAttention(again, contextSource(again, context), adding: hidden)
    // [batch, positions, 8 * channels] to half of that by the gate, and back
    return narrow(geglu(widen(normalization3(hidden))), adding: hidden)
  }
}
