import Checkpoints
import Layers
import Tensors

/// Two normalised convolutions added to their input (diffusers `ResnetBlock2D`); between them the
/// time embedding is added, where the network has one.
struct ResidualBlock: Sendable {
  private let normalization1: GroupNormalization
  private let convolution1: Convolution2D
  private let timeProjection: Linear?
  private let normalization2: GroupNormalization
  private let convolution2: Convolution2D
  /// A 1x1 convolution, where the number of channels changes.
  private let shortcut: Linear?

  /// - Parameter timeWidth: width of the time embedding; nothing in an autoencoder.
  init(
    _ name: String, from inputs: Int, to outputs: Int, groups: Int, epsilon: Float,
    timeWidth: Int?, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    normalization1 = try weights.groupNormalization(
      "\(name).norm1", channels: inputs, groups: groups, epsilon: epsilon, activation: .silu)
    convolution1 = try weights.convolution("\(name).conv1", from: inputs, to: outputs)
    if let timeWidth {
      timeProjection = try weights.linear("\(name).time_emb_proj", from: timeWidth, to: outputs)
    } else {
      timeProjection = nil
    }
    normalization2 = try weights.groupNormalization(
      "\(name).norm2", channels: outputs, groups: groups, epsilon: epsilon, activation: .silu)
    convolution2 = try weights.convolution("\(name).conv2", from: outputs, to: outputs)
    shortcut =
      inputs == outputs
      ? nil : try weights.linear("\(name).conv_shortcut", from: inputs, to: outputs)
  }

  /// `[batch, height, width, inputs]` to `[batch, height, width, outputs]`.
  ///
  /// - Parameter time: the activated time embedding, `[batch or 1, time width]`.
  func callAsFunction(_ x: Tensor, time: Tensor? = nil) -> Tensor {
    var hidden = convolution1(normalization1(x))
    if let time, let timeProjection {
      let shift = timeProjection(time)
      // [batch or 1, outputs] to [batch or 1, 1, 1, outputs]
      hidden = hidden + shift.reshaped([shift.shape[0], 1, 1, shift.shape[1]])
    }
    return convolution2(normalization2(hidden), adding: shortcut?(x) ?? x)
  }
}

extension ResidualBlock {
  /// The same on a map that is computed strip by strip, without a time embedding.
  ///
  /// A strip sees two rows beyond itself.
  func callAsFunction(_ x: StripedMap) -> StripedMap {
    let x = x.remembering()
    let hidden = x.normalized(by: normalization1).convolved(by: convolution1)
    return hidden.normalized(by: normalization2)
      .convolved(by: convolution2, adding: shortcut.map { x.projected(by: $0) } ?? x)
  }
}
