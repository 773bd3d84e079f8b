package import Checkpoints
import Layers
package import Tensors

/// The text half of CLIP: token and position embeddings, causal pre-norm transformer layers, and a
/// last normalisation.
///
/// Source: Radford et al. 2021, section 2.4.
package struct CLIPTextModel: Sendable {
  package let configuration: CLIPTextConfiguration
  private let tokenEmbedding: Embedding
  /// One row for every position, `[positions, width]`.
  private let positionEmbedding: Tensor
  private let layers: [CLIPLayer]
  private let finalNormalization: LayerNormalization

  /// Takes every tensor out of `weights`; throws for one that is missing, of another shape, or
  /// left over.
  package init(
    configuration: CLIPTextConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    var weights = weights
    self.configuration = configuration
    let (width, epsilon) = (configuration.width, configuration.epsilon)
    tokenEmbedding = try weights.embedding(
      "embeddings.token_embedding", count: configuration.vocabularySize, width: width)
    positionEmbedding = try weights.table(
      "embeddings.position_embedding.weight", shape: [configuration.positions, width])
    let shape = CLIPLayer.Shape(
      width: width, innerWidth: configuration.innerWidth, heads: configuration.heads,
      activation: configuration.activation, epsilon: epsilon, isCausal: true)
    var layers: [CLIPLayer] = []
    for index in 0..<configuration.layers {
      layers.append(try CLIPLayer("encoder.layers.\(index)", shape, &weights))
    }
    self.layers = layers
    finalNormalization = try weights.layerNormalization(
      "final_layer_norm", width: width, epsilon: epsilon)
    try weights.finish()
  }

  /// The last hidden state after the last normalisation, `[batch, tokens, width]`.
  ///
  /// - Parameters:
  ///   - tokens: texts of equal length, at most `positions` tokens each, every one below the
  ///     vocabulary's size; throws otherwise.
  ///   - skipped: how many of the last layers are left out, at most all of them.
  package func callAsFunction(
    tokens: [[Int]], skippingLast skipped: Int = 0
  ) throws(ModelError) -> Tensor {
    let length = tokens.first?.count ?? 0
    guard length > 0, length <= configuration.positions, tokens.allSatisfy({ $0.count == length })
    else {
      throw refusal(
        "texts of \(tokens.map(\.count)) tokens; all need one length of 1 to "
          + "\(configuration.positions)")
    }
    if let token = tokens.joined().first(where: { !(0..<configuration.vocabularySize).contains($0) }
    ) {
      throw refusal("token \(token); the vocabulary has \(configuration.vocabularySize)")
    }
    guard (0...layers.count).contains(skipped) else {
      throw refusal("\(skipped) layers to skip; it has \(layers.count)")
    }
    // [batch * tokens, width] to [batch, tokens, width]
    var hidden = tokenEmbedding(tokens.flatMap { $0 })
      .reshaped([tokens.count, length, configuration.width])
    hidden = hidden + positionEmbedding.slice(0..<length, axis: 0)
    for layer in layers.dropLast(skipped) { hidden = layer(hidden) }
    return finalNormalization(hidden)
  }

  private func refusal(_ reason: String) -> ModelError {
    .invalidInput(model: "CLIPTextModel", reason: reason)
  }
}
