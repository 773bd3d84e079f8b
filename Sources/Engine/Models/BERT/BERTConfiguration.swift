/// The sizes of BLIP's text half: BERT without token types, with attention to a picture.
package struct BERTConfiguration: Sendable, Equatable {
  package var vocabularySize: Int
  package var width: Int
  /// Width inside the feed-forward part of a layer.
  package var innerWidth: Int
  package var layers: Int
  package var heads: Int
  /// The most tokens a text may have.
  package var positions: Int
  package var epsilon: Float
  /// Width of the picture's tokens, which every layer attends to; none does when nil.
  package var imageWidth: Int?

  /// - Parameter innerWidth: four times the width when nil.
  package init(
    vocabularySize: Int, width: Int, innerWidth: Int? = nil, layers: Int, heads: Int,
    positions: Int, epsilon: Float = 1e-12, imageWidth: Int?
  ) {
    (self.vocabularySize, self.positions) = (vocabularySize, positions)
    (self.width, self.innerWidth) = (width, innerWidth ?? 4 * width)
    (self.layers, self.heads) = (layers, heads)
    (self.epsilon, self.imageWidth) = (epsilon, imageWidth)
  }

  /// Reads the keys `vocab_size`, `max_position_embeddings` and those that begin with `text_`.
  init(_ reader: inout ConfigurationReader, imageWidth: Int) throws(ModelError) {
    vocabularySize = try reader.integer("vocab_size", in: 1...1_000_000)
    positions = try reader.integer("max_position_embeddings", in: 1...4096)
    width = try reader.integer("text_width", in: 1...16384)
    innerWidth = try reader.integer("text_inner_width", in: 1...65536, default: 4 * width)
    layers = try reader.integer("text_layers", in: 1...128)
    heads = try reader.integer("text_heads", in: 1...1024)
    epsilon = Float(try reader.number("text_layer_norm_eps", in: 0...1, default: 1e-12))
    self.imageWidth = imageWidth
    try check(path: reader.path)
  }

  func check(path: String) throws(ModelError) {
    guard width % heads == 0 else {
      throw .inconsistent(
        path: path, key: "text_heads", reason: "\(heads) does not divide \(width)")
    }
  }

  /// The members of a `config.json` that `init` reads.
  var members: [(key: String, text: String)] {
    [
      ("vocab_size", "\(vocabularySize)"), ("max_position_embeddings", "\(positions)"),
      ("text_width", "\(width)"), ("text_inner_width", "\(innerWidth)"),
      ("text_layers", "\(layers)"), ("text_heads", "\(heads)"),
      ("text_layer_norm_eps", "\(epsilon)"),
    ]
  }
}
