import Checkpoints
import Layers
import Tensors

/// Self-attention and a feed-forward part, each behind a normalisation and added to its input.
struct VisionTransformerBlock: Sendable {
  private let heads: Int
  private let normalization1: LayerNormalization
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let normalization2: LayerNormalization
  private let widen: Linear
  private let narrow: Linear

  init(
    _ name: String, _ configuration: VisionTransformerConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    let (width, epsilon) = (configuration.width, configuration.epsilon)
    heads = configuration.heads
    normalization1 = try weights.layerNormalization(
      "\(name).norm1", width: width, epsilon: epsilon)
    (query, key, value) = try Self.projections("\(name).attn.qkv", width, &weights)
    output = try weights.linear("\(name).attn.proj", from: width, to: width)
    normalization2 = try weights.layerNormalization(
      "\(name).norm2", width: width, epsilon: epsilon)
    widen = try weights.linear("\(name).mlp.fc1", from: width, to: configuration.innerWidth)
    narrow = try weights.linear("\(name).mlp.fc2", from: configuration.innerWidth, to: width)
  }

  /// The file has queries, keys and values as the rows of one matrix, `[3 * width, width]`; apart,
  /// their products need no copies.
  private static func projections(
    _ name: String, _ width: Int, _ weights: inout WeightStore
  ) throws(CheckpointError) -> (Linear, Linear, Linear) {
    let weight = try weights.table("\(name).weight", shape: [3 * width, width])
    let bias = try weights.table("\(name).bias", shape: [3 * width])
    let storage = weights.building.storage
    func part(_ index: Int) -> Linear {
      let rows = index * width..<(index + 1) * width
      return Linear(
        weight: weight.slice(rows, axis: 0), bias: bias.slice(rows, axis: 0), storage: storage)
    }
    return (part(0), part(1), part(2))
  }

  /// `[batch, tokens, width]` to the same shape.
  func callAsFunction(_ x: Tensor) -> Tensor {
    let normalized = normalization1(x)
    let attended = attention(
      query: query(normalized), key: key(normalized), value: value(normalized), heads: heads)
    let hidden = output(attended, adding: x)
    return narrow(widen(normalization2(hidden), activation: .gelu), adding: hidden)
  }
}
