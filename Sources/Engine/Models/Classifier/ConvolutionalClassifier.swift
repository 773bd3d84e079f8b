package import Checkpoints
import Layers
package import Tensors

/// The sizes of a small convolutional classifier.
package struct ConvolutionalClassifierConfiguration: Codable, Sendable, Equatable {
  /// Pixels of a picture's side, a multiple of 2 to the number of levels.
  package var side: Int
  /// Channels of each level; each halves the side.
  package var channels: [Int]
  /// Groups that channels are normalised in; divides all of them.
  package var groups: Int
  package var classes: Int

  package init(side: Int = 64, channels: [Int] = [32, 64, 128, 192], groups: Int = 8, classes: Int)
  {
    (self.side, self.channels, self.groups, self.classes) = (side, channels, groups, classes)
  }

  /// Whether such a network can be: sizes above 0 that divide one another.
  package var isSound: Bool {
    (1...4_096).contains(side) && (1...10).contains(channels.count) && classes > 0 && groups > 0
      && channels.allSatisfy { (1...4_096).contains($0) && $0 % groups == 0 }
      && side % (1 << channels.count) == 0
  }

  fileprivate var lastSide: Int { side >> channels.count }
  fileprivate func inputs(_ level: Int) -> Int { level == 0 ? 3 : channels[level - 1] }

  /// Random weights to train from.
  package func initialWeights(seed: UInt64) -> [String: Tensor] {
    var weights = InitialWeights(seed: seed)
    for (level, width) in channels.enumerated() {
      weights.convolution("levels.\(level).conv1", from: inputs(level), to: width, kernel: 3)
      weights.normalization("levels.\(level).norm1", width: width)
      weights.convolution("levels.\(level).conv2", from: width, to: width, kernel: 3)
      weights.normalization("levels.\(level).norm2", width: width)
    }
    weights.plainLinear("head", from: channels[channels.count - 1], to: classes)
    return weights.tensors
  }
}

/// A classifier of convolutions alone: each level halves the side (3x3, stride 2) and looks once more
/// (3x3), each with group normalisation and SiLU; the mean over what is left goes to a linear layer.
///
/// Of another family than the judges on purpose: it is what their choices are measured by.
package struct ConvolutionalClassifier: Sendable {
  package let configuration: ConvolutionalClassifierConfiguration
  private let layers: [(convolution: Convolution2D, normalization: GroupNormalization)]
  private let head: Linear

  /// Takes every tensor out of `weights`; throws for one that is missing, of another shape, or left
  /// over.
  package init(
    configuration: ConvolutionalClassifierConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    var weights = weights
    self.configuration = configuration
    var layers: [(Convolution2D, GroupNormalization)] = []
    for (level, width) in configuration.channels.enumerated() {
      for (part, inputs) in [(1, configuration.inputs(level)), (2, width)] {
        let convolution = try weights.convolution(
          "levels.\(level).conv\(part)", from: inputs, to: width, stride: part == 1 ? 2 : 1)
        let normalization = try weights.groupNormalization(
          "levels.\(level).norm\(part)", channels: width, groups: configuration.groups,
          epsilon: 1e-5, activation: .silu)
        layers.append((convolution, normalization))
      }
    }
    self.layers = layers
    head = try weights.linear(
      "head", from: configuration.channels[configuration.channels.count - 1],
      to: configuration.classes)
    try weights.finish()
  }

  /// Logits `[batch, classes]` of pictures `[batch, side, side, 3]` in -1...1; throws for others.
  package func callAsFunction(_ pixels: Tensor) throws(ModelError) -> Tensor {
    let side = configuration.side
    guard pixels.shape.rank == 4, pixels.count > 0,
      pixels.shape.extents.dropFirst() == [side, side, 3]
    else {
      throw .invalidInput(
        model: "ConvolutionalClassifier",
        reason: "pictures \(pixels.shape), not [batch, \(side), \(side), 3]")
    }
    var hidden = pixels
    for layer in layers { hidden = layer.normalization(layer.convolution(hidden)) }
    let pooled = averagePooled(hidden, size: configuration.lastSide)
    return head(pooled.reshaped([pixels.shape[0], -1]))
  }
}
