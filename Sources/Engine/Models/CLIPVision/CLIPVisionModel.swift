package import Checkpoints
import Layers
package import Tensors

/// The vision half of CLIP: a transformer over patches, whose first token stands for the picture.
///
/// Source: Radford et al. 2021, section 2.4; Dosovitskiy et al. 2021. Names as transformers'
/// `CLIPVisionModelWithProjection` has them.
package struct CLIPVisionModel: Sendable {
  package let configuration: CLIPVisionConfiguration
  /// Stands before the patches, `[width]`.
  private let classEmbedding: Tensor
  private let patchEmbedding: Convolution2D
  /// One row for it and one for every patch, `[positions, width]`.
  private let positionEmbedding: Tensor
  private let firstNormalization: LayerNormalization
  private let layers: [CLIPLayer]
  private let lastNormalization: LayerNormalization
  private let projection: Linear

  /// Takes every tensor out of `weights`; throws for one that is missing, of another shape, or
  /// left over.
  package init(
    configuration: CLIPVisionConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    var weights = weights
    self.configuration = configuration
    let (width, patch) = (configuration.width, configuration.patchSize)
    let embeddings = "vision_model.embeddings"
    classEmbedding = try weights.table("\(embeddings).class_embedding", shape: [width])
    patchEmbedding = try weights.convolution(
      "\(embeddings).patch_embedding", from: 3, to: width, kernel: patch, stride: patch,
      padding: .none, bias: false)
    positionEmbedding = try weights.table(
      "\(embeddings).position_embedding.weight", shape: [configuration.positions, width])
    // The reference misspells this name.
    firstNormalization = try weights.layerNormalization(
      "vision_model.pre_layrnorm", width: width, epsilon: configuration.epsilon)
    let shape = CLIPLayer.Shape(
      width: width, innerWidth: configuration.innerWidth, heads: configuration.heads,
      activation: configuration.activation, epsilon: configuration.epsilon, isCausal: false)
    var layers: [CLIPLayer] = []
    for index in 0..<configuration.layers {
      layers.append(try CLIPLayer("vision_model.encoder.layers.\(index)", shape, &weights))
    }
    self.layers = layers
    lastNormalization = try weights.layerNormalization(
      "vision_model.post_layernorm", width: width, epsilon: configuration.epsilon)
    projection = try weights.projection(
      "visual_projection", from: width, to: configuration.projection)
    try weights.finish()
  }

  /// The embeddings of pictures, `[batch, projection]`, not normalised.
  ///
  /// - Parameter pixels: `[batch, side, side, 3]`, less the mean and divided by the deviation that
  ///   the model was trained with; throws for another size.
  package func callAsFunction(pixels: Tensor) throws(ModelError) -> Tensor {
    let states = try hiddenStates(pixels: pixels)
    // [batch, positions, width] to [batch, width]: the token of the whole picture
    let picture = states.slice(0..<1, axis: 1).reshaped([states.shape[0], configuration.width])
    return projection(lastNormalization(picture))
  }

  /// The states of all tokens after the last layer, `[batch, positions, width]`.
  package func hiddenStates(pixels: Tensor) throws(ModelError) -> Tensor {
    let side = configuration.imageSize
    guard pixels.shape.rank == 4, pixels.shape[0] > 0,
      Array(pixels.shape.extents.dropFirst()) == [side, side, 3]
    else {
      throw .invalidInput(
        model: "CLIPVisionModel", reason: "\(pixels.shape); it needs [batch, \(side), \(side), 3]")
    }
    let (batch, width) = (pixels.shape[0], configuration.width)
    // [batch, grid, grid, width] to [batch, grid * grid, width]
    let patches = patchEmbedding(pixels).reshaped([batch, configuration.positions - 1, width])
    let picture = classEmbedding.broadcast(to: [batch, 1, width])
    // [batch, positions, width]
    let tokens = Tensor.concatenated([picture, patches], axis: 1) + positionEmbedding
    return layers.reduce(firstNormalization(tokens)) { $1($0) }
  }
}

extension WeightStore {
  /// A projection to the shared embeddings: a layer without bias, or the transposed matrix that
  /// OpenAI's checkpoints hold, called `transposed` here.
  mutating func projection(
    _ name: String, from inputs: Int, to outputs: Int
  ) throws(CheckpointError) -> Linear {
    guard contains("\(name).transposed") else {
      return try linear(name, from: inputs, to: outputs, bias: false)
    }
    let matrix = try take("\(name).transposed", shape: [inputs, outputs])
    return Linear(weight: matrix.transposed(), bias: nil, storage: building.storage)
  }
}
