import Checkpoints
import Layers
import Tensors

/// Keys and values of an attention, `[batch, tokens, heads * head width]` each.
struct KeysAndValues: Sendable {
  let keys: Tensor
  let values: Tensor
}

/// Makes the keys and values of one attention (diffusers `Attention`, `to_k` and `to_v`).
struct KeyValueProjection: Sendable {
  private let key: Linear
  private let value: Linear

  init(
    _ name: String, from inputs: Int, to width: Int, bias: Bool = false,
    _ weights: inout WeightStore
  ) throws(CheckpointError) {
    key = try weights.linear("\(name).to_k", from: inputs, to: width, bias: bias)
    value = try weights.linear("\(name).to_v", from: inputs, to: width, bias: bias)
  }

  /// `x` is `[batch, tokens, inputs]`.
  func callAsFunction(_ x: Tensor) -> KeysAndValues {
    KeysAndValues(keys: key(x), values: value(x))
  }
}

/// Multi-head attention whose keys and values are given (diffusers `Attention`, `to_q` and
/// `to_out`).
struct CrossAttention: Sendable {
  private let heads: Int
  private let query: Linear
  private let output: Linear

  init(
    _ name: String, width: Int, heads: Int, bias: Bool = false, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    self.heads = heads
    query = try weights.linear("\(name).to_q", from: width, to: width, bias: bias)
    output = try weights.linear("\(name).to_out.0", from: width, to: width)
  }

  /// `[batch, positions, width]` to the same shape, with `residual` added.
  func callAsFunction(_ x: Tensor, _ context: KeysAndValues, adding residual: Tensor) -> Tensor {
    output(
      attention(query: query(x), key: context.keys, value: context.values, heads: heads),
      adding: residual)
  }
}
