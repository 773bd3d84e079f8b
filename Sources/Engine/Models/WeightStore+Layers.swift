import Checkpoints
import Layers
import Tensors

/// Layers by the names that diffusers and transformers give their tensors.
extension WeightStore {
  mutating func linear(
    _ name: String, from inputs: Int, to outputs: Int, bias: Bool = true
  ) throws(CheckpointError) -> Linear {
    let weight = try takeMatrix("\(name).weight", rows: outputs, columns: inputs)
    return Linear(weight: weight, bias: bias ? try take("\(name).bias", shape: [outputs]) : nil)
  }

  mutating func convolution(
    _ name: String, from inputs: Int, to outputs: Int, kernel: Int = 3, stride: Int = 1,
    padding: Padding = .same(1)
  ) throws(CheckpointError) -> Convolution2D {
    let weight = try take("\(name).weight", shape: [outputs, inputs, kernel, kernel])
    let bias = try take("\(name).bias", shape: [outputs])
    return Convolution2D(weight: weight, bias: bias, stride: stride, padding: padding)
  }

  mutating func groupNormalization(
    _ name: String, channels: Int, groups: Int, epsilon: Float, activation: Activation = .none
  ) throws(CheckpointError) -> GroupNormalization {
    GroupNormalization(
      groups: groups, scale: try take("\(name).weight", shape: [channels]),
      bias: try take("\(name).bias", shape: [channels]), epsilon: epsilon, activation: activation)
  }

  mutating func layerNormalization(
    _ name: String, width: Int, epsilon: Float
  ) throws(CheckpointError) -> LayerNormalization {
    LayerNormalization(
      scale: try take("\(name).weight", shape: [width]),
      bias: try take("\(name).bias", shape: [width]), epsilon: epsilon)
  }

  mutating func embedding(
    _ name: String, count: Int, width: Int
  ) throws(CheckpointError) -> Embedding {
    Embedding(weight: try take("\(name).weight", shape: [count, width]))
  }
}
