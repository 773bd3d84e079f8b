package import Checkpoints
package import Compute
package import Layers

/// A CLIP that somebody has published: a folder as transformers saves it, or a file of OpenAI's or
/// open_clip's layout, which is recognised by its keys.
package struct CLIPCheckpoint: Sendable {
  package let layout: CLIPLayout
  package let configuration: CLIPConfiguration
  /// By the names that the models ask for.
  private let weights: WeightStore

  /// - Parameters:
  ///   - weights: by the names of the checkpoint.
  ///   - configurationPath: the `config.json` of a checkpoint in transformers' layout.
  ///   - activation: see `CLIPConfiguration.init(openAI:path:)`; not asked where a configuration says it.
  ///   - heads: likewise.
  package init(
    weights: WeightStore, configurationPath: String, activation: Activation? = nil,
    heads: (vision: Int, text: Int)? = nil
  ) throws(ModelError) {
    guard let layout = CLIPLayout(names: weights.unread) else {
      throw .inconsistent(
        path: weights.path, key: "visual.transformer.resblocks", reason: "is missing; it is no CLIP"
      )
    }
    self.layout = layout
    configuration =
      layout == .openAI
      ? try CLIPConfiguration(
        openAI: weights.shapes, path: weights.path, activation: activation, heads: heads)
      : try CLIPConfiguration(
        try orModelError { () throws(CheckpointError) in
          try JSONFile.object(at: configurationPath)
        }, path: configurationPath)
    var rest = weights
    self.weights = rest.split(layout.canonical)
    let unknown = rest.unread.filter { layout.canonical($0) != nil }
    guard unknown.isEmpty else {
      throw .checkpoint(.unexpectedTensors(path: weights.path, tensors: unknown))
    }
  }

  /// Both halves.
  /// - Parameters:
  ///   - storage: how the weights of linear layers are kept.
  ///   - configuration: instead of the checkpoint's own.
  package func model(
    storage: WeightStorage = .float32, configuration: CLIPConfiguration? = nil
  ) throws(ModelError) -> CLIPModel {
    try orModelError { () throws(CheckpointError) in
      try CLIPModel(
        configuration: configuration ?? self.configuration,
        weights: weights.built(LayerBuilding(storage: storage)))
    }
  }

  /// The vision half alone; the text half's weights are not read.
  package func visionModel(
    storage: WeightStorage = .float32
  ) throws(ModelError) -> CLIPVisionModel {
    try orModelError { () throws(CheckpointError) in
      var weights = weights
      let half = weights.split(CLIPModel.visionName)
      return try CLIPVisionModel(
        configuration: configuration.vision, weights: half.built(LayerBuilding(storage: storage)))
    }
  }
}

/// What the body returns, its error as one of models.
func orModelError<Value>(
  _ body: () throws(CheckpointError) -> Value
) throws(ModelError) -> Value {
  do throws(CheckpointError) { return try body() } catch { throw .checkpoint(error) }
}
