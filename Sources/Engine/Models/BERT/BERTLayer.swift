import Checkpoints
import Layers
import Tensors

/// Attention to the text, to the picture, and a feed-forward part, each added to its input and then
/// normalised.
struct BERTLayer: Sendable {
  private let toText: BERTAttention
  private let toImage: BERTAttention?
  private let widen: Linear
  private let narrow: Linear
  private let normalization: LayerNormalization

  init(
    _ name: String, _ configuration: BERTConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    let (width, inner) = (configuration.width, configuration.innerWidth)
    toText = try BERTAttention("\(name).attention", source: width, configuration, &weights)
    toImage =
      if let imageWidth = configuration.imageWidth {
        try BERTAttention("\(name).crossattention", source: imageWidth, configuration, &weights)
      } else {
        nil
      }
    widen = try weights.linear("\(name).intermediate.dense", from: width, to: inner)
    narrow = try weights.linear("\(name).output.dense", from: inner, to: width)
    normalization = try weights.layerNormalization(
      "\(name).output.LayerNorm", width: width, epsilon: configuration.epsilon)
  }

  /// `[batch, asking, width]` to the same shape.
  ///
  /// - Parameters:
  ///   - texts: all tokens, `[batch, tokens, width]`, the first `lengths` of which are real.
  ///   - image: `[batch, image tokens, image width]`
  func callAsFunction(_ x: Tensor, texts: Tensor, lengths: [Int], image: Tensor?) -> Tensor {
    var hidden = toText(x, texts, lengths: lengths)
    if let image, let toImage { hidden = toImage(hidden, image) }
    return normalization(narrow(widen(hidden, activation: .gelu), adding: hidden))
  }
}

/// Attention with its projection, added to what asks and normalised.
private struct BERTAttention: Sendable {
  private let heads: Int
  private let query: Linear
  private let key: Linear
  private let value: Linear
  private let output: Linear
  private let normalization: LayerNormalization

  init(
    _ name: String, source: Int, _ configuration: BERTConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    let width = configuration.width
    heads = configuration.heads
    query = try weights.linear("\(name).self.query", from: width, to: width)
    key = try weights.linear("\(name).self.key", from: source, to: width)
    value = try weights.linear("\(name).self.value", from: source, to: width)
    output = try weights.linear("\(name).output.dense", from: width, to: width)
    normalization = try weights.layerNormalization(
      "\(name).output.LayerNorm", width: width, epsilon: configuration.epsilon)
  }

  /// `[batch, asking, width]`, looking at `[batch, keys, source]`.
  func callAsFunction(_ x: Tensor, _ source: Tensor, lengths: [Int]? = nil) -> Tensor {
    let attended = attention(
      query: query(x), key: key(source), value: value(source), heads: heads, keyLengths: lengths)
    return normalization(output(attended, adding: x))
  }
}
