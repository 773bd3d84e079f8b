package import Checkpoints
import Layers
package import Tensors

/// CLIP: a text and a picture become embeddings that point the same way where they fit.
///
/// Source: Radford et al. 2021, section 2.
package struct CLIPModel: Sendable {
  package let configuration: CLIPConfiguration
  private let text: CLIPTextModel
  private let vision: CLIPVisionModel
  private let textProjection: Linear
  /// The logarithm of the factor between cosines and logits, `[]`.
  package let logitScale: Tensor

  /// Takes every tensor out of `weights`, in either layout by the names of `CLIPLayout.canonical`;
  /// throws for one that is missing, of another shape, or left over.
  package init(
    configuration: CLIPConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    var weights = weights
    self.configuration = configuration
    vision = try CLIPVisionModel(
      configuration: configuration.vision, weights: weights.split(CLIPModel.visionName))
    text = try CLIPTextModel(
      configuration: configuration.text, weights: weights.split(CLIPModel.textName))
    textProjection = try weights.projection(
      "text_projection", from: configuration.text.width, to: configuration.projection)
    let shape = weights.shape(of: "logit_scale") == [1] ? [1] : []
    logitScale = try weights.table("logit_scale", shape: shape).reshaped([])
    try weights.finish()
  }

  static func visionName(_ name: String) -> String? {
    name.hasPrefix("vision_model.") || name.hasPrefix("visual_projection.") ? name : nil
  }

  private static func textName(_ name: String) -> String? {
    let prefix = "text_model."
    return name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : nil
  }

  /// The embeddings of pictures `[batch, side, side, 3]`, less the mean and divided by the deviation
  /// of training: `[batch, projection]`, not normalised.
  package func embedding(pixels: Tensor) throws(ModelError) -> Tensor {
    try vision(pixels: pixels)
  }

  /// The embeddings of texts, `[batch, projection]`, not normalised.
  ///
  /// - Parameter tokens: texts of equal length with begin and end; what follows the end does not
  ///   matter. Throws where a text has no end.
  package func embedding(tokens: [[Int]]) throws(ModelError) -> Tensor {
    let states = try text(tokens: tokens)
    let (length, width) = (states.shape[1], states.shape[2])
    var rows: [Int] = []
    for (index, text) in tokens.enumerated() {
      guard let end = configuration.endOfText.position(in: text) else {
        throw .invalidInput(model: "CLIPModel", reason: "a text without its end token")
      }
      rows.append(index * length + end)
    }
    // [batch, tokens, width] to [batch, width]: the state at each text's end
    return textProjection(states.reshaped([-1, width]).gathered(rows))
  }

  /// The cosines between pictures and texts, `[pictures, texts]`.
  package func cosines(pixels: Tensor, tokens: [[Int]]) throws(ModelError) -> Tensor {
    let pictures = try embedding(pixels: pixels).normalizedRows()
    return pictures.matrixProduct(
      try embedding(tokens: tokens).normalizedRows(), transposingRight: true)
  }

  /// The cosines times the learned factor, `[pictures, texts]`.
  package func logits(pixels: Tensor, tokens: [[Int]]) throws(ModelError) -> Tensor {
    try cosines(pixels: pixels, tokens: tokens) * logitScale.exponential()
  }
}

extension Tensor {
  /// Every vector of the last axis at length 1.
  package func normalizedRows() -> Tensor { self / squared().sum(axes: [-1]).squareRoot() }
}
