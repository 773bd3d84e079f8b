import Checkpoints
import Layers
import Tensors

/// One layer of either half of CLIP: self-attention, then a feed-forward part, each behind a
/// normalisation and added to its input.
///
/// Source: Radford et al. 2021, section 2.4.
struct CLIPLayer: Sendable {
  /// What all layers of a half have in common.
  struct Shape: Sendable {
    var width: Int
    /// Width inside the feed-forward part.
    var innerWidth: Int
    var heads: Int
    var activation: Activation
    var epsilon: Float
    /// Whether a token sees only those before it and itself.
    var isCausal: Bool
  }

  private let heads: Int
  private let isCausal: Bool
  private let attentionNormalization: LayerNormalization
  private let projections: AttentionProjections
  private let output: Linear
  private let innerNormalization: LayerNormalization
  private let widen: Linear
  private let activation: Activation
  private let narrow: Linear

  init(_ name: String, _ shape: Shape, _ weights: inout WeightStore) throws(CheckpointError) {
    let (width, epsilon) = (shape.width, shape.epsilon)
    (heads, isCausal, activation) = (shape.heads, shape.isCausal, shape.activation)
    attentionNormalization = try weights.layerNormalization(
      "\(name).layer_norm1", width: width, epsilon: epsilon)
    projections = try AttentionProjections("\(name).self_attn", width: width, &weights)
    output = try weights.linear("\(name).self_attn.out_proj", from: width, to: width)
    innerNormalization = try weights.layerNormalization(
      "\(name).layer_norm2", width: width, epsilon: epsilon)
    widen = try weights.linear("\(name).mlp.fc1", from: width, to: shape.innerWidth)
    narrow = try weights.linear("\(name).mlp.fc2", from: shape.innerWidth, to: width)
  }

  /// `[batch, tokens, width]` to the same shape.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let normalized = attentionNormalization(x)
    let attended = attention(
      query: projections.query(normalized), key: projections.key(normalized),
      value: projections.value(normalized), heads: heads, causal: isCausal)
    let hidden = output(attended, adding: x)
    return narrow(widen(innerNormalization(hidden), activation: activation), adding: hidden)
  }
}

/// What makes queries, keys and values of tokens: three matrices, or the one `[3 * width, width]`
/// of torch's `MultiheadAttention`, which OpenAI's and open_clip's checkpoints hold.
struct AttentionProjections: Sendable {
  let query: Linear
  let key: Linear
  let value: Linear

  init(_ name: String, width: Int, _ weights: inout WeightStore) throws(CheckpointError) {
    guard weights.contains("\(name).in_proj_weight") else {
      query = try weights.linear("\(name).q_proj", from: width, to: width)
      key = try weights.linear("\(name).k_proj", from: width, to: width)
      value = try weights.linear("\(name).v_proj", from: width, to: width)
      return
    }
    let weight = try weights.take("\(name).in_proj_weight", shape: [3 * width, width])
    let bias = try weights.take("\(name).in_proj_bias", shape: [3 * width])
    let storage = weights.building.storage
    let parts = (0..<3).map { part in
      let rows = part * width..<(part + 1) * width
      return Linear(
        weight: weight.slice(rows, axis: 0), bias: bias.slice(rows, axis: 0), storage: storage)
    }
    (query, key, value) = (parts[0], parts[1], parts[2])
  }
}
