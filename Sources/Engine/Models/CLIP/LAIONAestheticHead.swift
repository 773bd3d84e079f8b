package import Checkpoints
import Layers
package import Tensors

/// How pleasing a picture is, about 1 to 10, read off its CLIP embedding: one linear layer, or the
/// five of the "improved" predictor, with nothing but dropout between them.
///
/// Source: LAION-AI/aesthetic-predictor and christophschuhmann/improved-aesthetic-predictor; the
/// one holds `weight` and `bias`, the other `layers.{0,2,4,6,7}`.
package struct LAIONAestheticHead: Sendable {
  /// Width of the embeddings that it reads.
  package let width: Int
  private let layers: [Linear]

  /// The five layers' places among the dropouts, and how wide each one's result is.
  private static let deep = [(0, 1024), (2, 128), (4, 64), (6, 16), (7, 1)]

  /// Takes every tensor out of `weights`, by either set of keys.
  package init(weights: WeightStore) throws(CheckpointError) {
    var weights = weights
    let isDeep = weights.contains("layers.0.weight")
    let shape = weights.shape(of: isDeep ? "layers.0.weight" : "weight") ?? []
    width = shape.count == 2 ? shape[1] : 0
    if isDeep {
      var (layers, inputs) = ([Linear](), width)
      for (index, outputs) in Self.deep {
        layers.append(try weights.linear("layers.\(index)", from: inputs, to: outputs))
        inputs = outputs
      }
      self.layers = layers
    } else {
      layers = [
        Linear(
          weight: try weights.take("weight", shape: [1, width]),
          bias: try weights.take("bias", shape: [1]))
      ]
    }
    try weights.finish()
  }

  /// The width of the embeddings and all tensors' shapes, if these are the tensors of a head.
  package static func weightShapes(
    of found: [String: [Int]]
  ) -> (width: Int, shapes: [String: [Int]])? {
    guard let first = found["layers.0.weight"] else {
      guard let weight = found["weight"], weight.count == 2, weight[0] == 1, found.count <= 2
      else { return nil }
      return (weight[1], ["weight": weight, "bias": [1]])
    }
    guard first.count == 2, first[0] == 1024, found["layers.7.weight"] == [1, 16] else {
      return nil
    }
    var (shapes, inputs) = ([String: [Int]](), first[1])
    for (index, outputs) in deep {
      shapes["layers.\(index).weight"] = [outputs, inputs]
      shapes["layers.\(index).bias"] = [outputs]
      inputs = outputs
    }
    return (first[1], shapes)
  }

  /// Embeddings of any length, `[batch, width]`, to scores, `[batch]`; throws for another width.
  package func callAsFunction(_ embeddings: Tensor) throws(ModelError) -> Tensor {
    guard embeddings.shape.rank == 2, embeddings.shape[1] == width else {
      throw .invalidInput(
        model: "LAIONAestheticHead",
        reason: "embeddings of shape \(embeddings.shape); it needs [batch, \(width)]")
    }
    return layers.reduce(embeddings.normalizedRows()) { $1($0) }.reshaped([embeddings.shape[0]])
  }
}
