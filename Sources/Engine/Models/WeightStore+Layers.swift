import Checkpoints
import Layers
import Tensors

/// Layers by the names that diffusers and transformers give their tensors.
extension WeightStore {
  mutating func linear(
    _ name: String, from inputs: Int, to outputs: Int, bias: Bool = true
  ) throws(CheckpointError) -> Linear {
    let site = LayerSite(outputs: outputs, inputs: inputs)
    var layer = try remembered(name, site: site) { store throws(CheckpointError) in
      let weight = try store.takeMatrix("\(name).weight", rows: outputs, columns: inputs)
      return Linear(
        weight: try store.storable(weight, name, site),
        bias: bias ? try store.take("\(name).bias", shape: [outputs]) : nil,
        storage: store.building.storage)
    }
    layer.adapters = building.adapters[name] ?? []
    return layer
  }

  mutating func convolution(
    _ name: String, from inputs: Int, to outputs: Int, kernel: Int = 3, stride: Int = 1,
    padding: Padding = .same(1), bias: Bool = true
  ) throws(CheckpointError) -> Convolution2D {
    let site = LayerSite(
      outputs: outputs, inputs: inputs, kernel: kernel, stride: stride, padding: padding,
      isConvolution: true)
    var layer = try remembered(name, site: site) { store throws(CheckpointError) in
      let weight = try store.take("\(name).weight", shape: [outputs, inputs, kernel, kernel])
      return Convolution2D(
        weight: try store.storable(weight, name, site),
        bias: bias ? try store.take("\(name).bias", shape: [outputs]) : nil, stride: stride,
        padding: padding,
        storage: store.building.storage)
    }
    layer.adapters = building.adapters[name] ?? []
    return layer
  }

  mutating func groupNormalization(
    _ name: String, channels: Int, groups: Int, epsilon: Float, activation: Activation = .none
  ) throws(CheckpointError) -> GroupNormalization {
    try remembered(name) { store throws(CheckpointError) in
      GroupNormalization(
        groups: groups, scale: try store.take("\(name).weight", shape: [channels]),
        bias: try store.take("\(name).bias", shape: [channels]), epsilon: epsilon,
        activation: activation)
    }
  }

  mutating func layerNormalization(
    _ name: String, width: Int, epsilon: Float
  ) throws(CheckpointError) -> LayerNormalization {
    try remembered(name) { store throws(CheckpointError) in
      LayerNormalization(
        scale: try store.take("\(name).weight", shape: [width]),
        bias: try store.take("\(name).bias", shape: [width]), epsilon: epsilon)
    }
  }

  mutating func embedding(
    _ name: String, count: Int, width: Int
  ) throws(CheckpointError) -> Embedding {
    try remembered(name) { store throws(CheckpointError) in
      Embedding(weight: try store.take("\(name).weight", shape: [count, width]))
    }
  }

  /// A tensor that is no layer's, such as a table of positions.
  mutating func table(_ name: String, shape: [Int]) throws(CheckpointError) -> Tensor {
    try remembered(name) { store throws(CheckpointError) in try store.take(name, shape: shape) }
  }
}
