package import Tensors

/// A low-rank change of a layer's weights, computed beside it: scale · up(down(x)) is added to the
/// product before its activation.
///
/// Source: Hu and others 2021, section 4.1.
package struct LowRank: Sendable {
  private enum Down: Sendable {
    case linear(Linear)
    case convolution(Convolution2D)
  }

  private let down: Down
  private let up: Linear
  private let scale: Float

  /// - Parameters:
  ///   - down: `[rank, in]`.
  ///   - up: `[out, rank]`.
  package init(down: Tensor, up: Tensor, scale: Float) {
    self.init(.linear(Linear(weight: down, bias: nil)), up, scale)
  }

  /// - Parameters:
  ///   - down: `[rank, in, height, width]`, with the stride and padding of the layer it changes.
  ///   - up: `[out, rank]`.
  package init(down: Tensor, stride: Int, padding: Padding, up: Tensor, scale: Float) {
    let convolution = Convolution2D(weight: down, bias: nil, stride: stride, padding: padding)
    self.init(.convolution(convolution), up, scale)
  }

  private init(_ down: Down, _ up: Tensor, _ scale: Float) {
    self.down = down
    self.up = Linear(weight: up, bias: nil)
    self.scale = scale
  }

  private init(_ other: LowRank, scale: Float) {
    (down, up) = (other.down, other.up)
    self.scale = scale
  }

  /// The same change, `weight` times as strong.
  package func weighted(_ weight: Float) -> LowRank { LowRank(self, scale: scale * weight) }

  /// What is added to the product of `x`, and `other` with it.
  func callAsFunction(_ x: Tensor, adding other: Tensor?) -> Tensor {
    let inner =
      switch down {
      case .linear(let linear): linear(x)
      case .convolution(let convolution): convolution(x)
      }
    return up(inner * scale, adding: other)
  }
}

extension [LowRank] {
  /// The layer with these changes: activation(layer(x) + changes) + residual.
  ///
  /// - Parameter layer: the unchanged layer, which adds what it is given after its activation.
  func changing(
    _ x: Tensor, _ activation: Activation, _ residual: Tensor?,
    of layer: (Activation, Tensor?) -> Tensor
  ) -> Tensor {
    // Without an activation between, the residual may as well be added first.
    let isPlain = activation == .none
    var sum = isPlain ? residual : nil
    for change in self { sum = change(x, adding: sum) }
    let result = activation(layer(.none, sum))
    guard !isPlain, let residual else { return result }
    return result + residual
  }
}
