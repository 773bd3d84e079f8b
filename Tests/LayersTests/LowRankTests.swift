import Layers
import Tensors
import Testing

/// Layers with changes beside them, against layers whose weights are changed.
@Suite struct LowRankTests {
  private var generator = TorchGenerator(seed: 11)

  private mutating func random(_ shape: Shape) -> Tensor { generator.normal(shape: shape) }

  private func distance(_ a: Tensor, _ b: Tensor) -> Float {
    a.shape == b.shape
      ? zip(a.values, b.values).map { abs($0 - $1) }.max() ?? .infinity : .infinity
  }

  @Test(arguments: Activation.allCases, [false, true])
  mutating func `a linear layer is the one with changed weights`(
    activation: Activation, hasResidual: Bool
  ) {
    let (weight, bias) = (random([7, 5]), random([7]))
    let factors = [
      (random([2, 5]), random([7, 2]), Float(0.5)), (random([3, 5]), random([7, 3]), -2),
    ]
    let x = random([2, 3, 5])
    let residual = hasResidual ? random([2, 3, 7]) : nil
    var layer = Linear(weight: weight, bias: bias)
    layer.adapters = factors.map { LowRank(down: $0, up: $1, scale: 1).weighted($2) }
    let changed = factors.reduce(weight) { $0 + $1.1.matrixProduct($1.0) * $1.2 }
    let expected = Linear(weight: changed, bias: bias)(
      x, activation: activation, adding: residual)
    #expect(distance(layer(x, activation: activation, adding: residual), expected) < 2e-4)
    #expect(
      distance(
        layer(x.watched(), activation: activation, adding: residual), expected) < 2e-4)
  }

  /// Training an adapter needs the gradients of its factors, an adapted network those of its input.
  @Test mutating func `gradients flow through the change to its factors and its input`() throws {
    let (weight, down, up) = (random([7, 5]), random([2, 5]).watched(), random([7, 2]).watched())
    let (x, shade) = (random([2, 3, 5]).watched(), random([2, 3, 7]))
    var layer = Linear(weight: weight, bias: nil)
    layer.adapters = [LowRank(down: down, up: up, scale: 0.5)]
    let loss = (layer(x, activation: .gelu) * shade).mean()
    let changed = weight + up.matrixProduct(down) * 0.5
    let other = Linear(weight: changed, bias: nil)
    let expected = (other(x, activation: .gelu) * shade).mean()
    let found = try loss.gradients(withRespectTo: [x, down, up])
    let wanted = try expected.gradients(withRespectTo: [x, down, up])
    for (a, b) in zip(found, wanted) {
      #expect(distance(a, b) < 1e-5)
      #expect(b.values.contains { abs($0) > 1e-3 })
    }
  }

  @Test(arguments: [(1, Padding.same(1)), (2, Padding(top: 0, left: 0, bottom: 1, right: 1))])
  mutating func `a convolution is the one with changed weights`(stride: Int, padding: Padding) {
    let (weight, bias) = (random([6, 4, 3, 3]), random([6]))
    let (down, up) = (random([2, 4, 3, 3]), random([6, 2]))
    let x = random([2, 5, 8, 4])
    let change = up.matrixProduct(down.reshaped([2, 36])).reshaped(weight.shape)
    var layer = Convolution2D(weight: weight, bias: bias, stride: stride, padding: padding)
    layer.adapters = [
      LowRank(down: down, stride: stride, padding: padding, up: up, scale: 0.75)
    ]
    let other = Convolution2D(
      weight: weight + change * 0.75, bias: bias, stride: stride, padding: padding)
    let residual = random(other(x).shape)
    let error = distance(
      layer(x, activation: .silu, adding: residual), other(x, activation: .silu, adding: residual))
    #expect(error < 2e-4)
  }
}
