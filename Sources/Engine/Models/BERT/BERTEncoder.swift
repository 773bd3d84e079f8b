package import Checkpoints
import Layers
package import Tensors

/// BERT as BLIP has it: no token types, attention in both directions, and in every layer attention
/// to the tokens of a picture where one is given.
///
/// Source: Devlin et al. 2019; Li et al. 2022 (BLIP), section 3.1.
package struct BERTEncoder: Sendable {
  package let configuration: BERTConfiguration
  private let words: Embedding
  /// One row for every position, `[positions, width]`.
  private let positions: Tensor
  private let normalization: LayerNormalization
  private let layers: [BERTLayer]

  /// Takes the tensors whose names begin with a prefix and a point.
  package init(
    _ name: String, _ configuration: BERTConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    self.configuration = configuration
    let width = configuration.width
    words = try weights.embedding(
      "\(name).embeddings.word_embeddings", count: configuration.vocabularySize, width: width)
    positions = try weights.table(
      "\(name).embeddings.position_embeddings.weight", shape: [configuration.positions, width])
    normalization = try weights.layerNormalization(
      "\(name).embeddings.LayerNorm", width: width, epsilon: configuration.epsilon)
    var layers: [BERTLayer] = []
    for index in 0..<configuration.layers {
      layers.append(try BERTLayer("\(name).encoder.layer.\(index)", configuration, &weights))
    }
    self.layers = layers
  }

  /// The last hidden state of each text's first token, `[batch, width]`.
  ///
  /// - Parameters:
  ///   - tokens: texts padded to one length, every token below the vocabulary's size.
  ///   - lengths: how many of each text's tokens are real, at least one. Padding changes nothing, so
  ///     what all texts have of it is not computed.
  ///   - image: `[batch, image tokens, image width]`; no layer looks at a picture when nil.
  package func callAsFunction(
    tokens: [[Int]], lengths: [Int], image: Tensor? = nil
  ) throws(ModelError) -> Tensor {
    try check(tokens, lengths, image)
    let longest = lengths.max() ?? 0
    // [batch * tokens, width] to [batch, tokens, width]
    var hidden = words(tokens.flatMap { $0[..<longest] })
      .reshaped([tokens.count, longest, configuration.width])
    hidden = normalization(hidden + positions.slice(0..<longest, axis: 0))
    for (index, layer) in layers.enumerated() {
      // Nobody asks what the other tokens become in the last layer.
      let isLast = index == layers.count - 1
      let asking = isLast ? hidden.slice(0..<1, axis: 1) : hidden
      hidden = layer(asking, texts: hidden, lengths: lengths, image: image)
    }
    return hidden.slice(0..<1, axis: 1).reshaped([tokens.count, configuration.width])
  }

  private func check(
    _ tokens: [[Int]], _ lengths: [Int], _ image: Tensor?
  ) throws(ModelError) {
    let count = tokens.first?.count ?? 0
    guard count > 0, count <= configuration.positions, tokens.allSatisfy({ $0.count == count })
    else {
      throw refusal(
        "texts of \(tokens.map(\.count)) tokens; all need one length of 1 to "
          + "\(configuration.positions)")
    }
    if let token = tokens.joined().first(where: { !(0..<configuration.vocabularySize).contains($0) }
    ) {
      throw refusal("token \(token); the vocabulary has \(configuration.vocabularySize)")
    }
    guard lengths.count == tokens.count, lengths.allSatisfy({ (1...count).contains($0) }) else {
      throw refusal("lengths \(lengths); each of \(tokens.count) texts has 1 to \(count) tokens")
    }
    guard let image else { return }
    guard let width = configuration.imageWidth, image.shape.rank == 3, image.count > 0,
      image.shape[0] == tokens.count, image.shape[2] == width
    else {
      throw refusal(
        "pictures \(image.shape) for \(tokens.count) texts of width "
          + "\(configuration.imageWidth ?? 0)")
    }
  }

  private func refusal(_ reason: String) -> ModelError {
    .invalidInput(model: "BERTEncoder", reason: reason)
  }
}
