package import Tensors

/// Group normalization of channels-last pictures (Wu and He 2018), with the activation fused.
package struct GroupNormalization: Sendable {
  package let groups: Int
  /// One value per channel.
  package var scale: Tensor
  /// One value per channel.
  package var bias: Tensor
  package let epsilon: Float
  package let activation: Activation

  package init(
    groups: Int, scale: Tensor, bias: Tensor, epsilon: Float = 1e-5,
    activation: Activation = .none
  ) {
    precondition(
      groups > 0 && scale.count % groups == 0 && scale.count == bias.count,
      "\(groups) groups do not divide \(scale.count) channels")
    self.groups = groups
    self.scale = scale
    self.bias = bias
    self.epsilon = epsilon
    self.activation = activation
  }

  /// `[batch, ..., channels]` to the same shape.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(x.shape[-1] == scale.count, "\(scale.count) channels do not fit \(x.shape)")
    let moments = GroupMoments(shape: x.shape, groups: groups)
    let factors = moments.gather(x, self)
    let result = moments.normalize(x, factors, activation)
    return result.recorded("group normalization", [x, scale, bias]) {
      [
        x = x.detached, scale = scale.detached, activation,
        wanted = (x.isWatched, scale.isWatched, bias.isWatched)
      ] gradient in
      let (toInput, sums) = moments.gradients(
        gradient, x, factors, scale, activation, isInputWanted: wanted.0)
      let channels = scale.count
      return [
        toInput, wanted.1 ? sums.slice(channels..<2 * channels, axis: 0) : nil,
        wanted.2 ? sums.slice(0..<channels, axis: 0) : nil,
      ]
    }
  }
}
