import Foundation
import Goldens
import Layers
import Tensors
import Testing

@Suite struct LayerTests {
  private func noise(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var generator = TorchGenerator(seed: seed)
    return generator.normal(shape: shape)
  }

  @Test func `fused endings equal separate steps`() {
    let linear = Linear(weight: noise([40, 24], 1), bias: noise([40], 2))
    let convolution = Convolution2D(weight: noise([9, 5, 3, 3], 3), bias: noise([9], 4))
    let (x, picture) = (noise([2, 6, 24], 5), noise([2, 30, 31, 5], 6))
    for activation in Activation.allCases {
      let (a, b) = (noise([2, 6, 40], 7), noise([2, 30, 31, 9], 8))
      let wanted = activation(linear(x)) + a
      #expect(relativeError(linear(x, activation: activation, adding: a), wanted) < 1e-6)
      let seen = activation(convolution(picture)) + b
      #expect(relativeError(convolution(picture, activation: activation, adding: b), seen) < 1e-6)
    }
  }

  @Test func `every column of a tiled product gets its own bias`() {
    let (weight, bias) = (noise([640, 320], 1), noise([640], 2))
    let (x, residual) = (noise([2, 77, 320], 3), noise([2, 77, 640], 4))
    let wanted = x.matrixProduct(weight, transposingRight: true) + bias + residual
    #expect(relativeError(Linear(weight: weight, bias: bias)(x, adding: residual), wanted) < 1e-6)
    let pointwise = Convolution2D(
      weight: weight.reshaped([640, 320, 1, 1]), bias: bias, padding: .none)
    let seen = pointwise(x.reshaped([2, 7, 11, 320]), adding: residual.reshaped([2, 7, 11, 640]))
    #expect(relativeError(seen.reshaped([2, 77, 640]), wanted) < 1e-6)
  }

  @Test func `a watched linear layer has the value of the fused one, and gradients`() throws {
    let (weight, bias) = (noise([4, 3], 1), noise([4], 2))
    let x = noise([2, 5, 3], 3)
    let plain = Linear(weight: weight, bias: bias)(x, activation: .gelu)
    let watched = weight.watched()
    let taped = Linear(weight: watched, bias: bias)(x, activation: .gelu)
    #expect(relativeError(taped, plain) < 1e-6)
    let gradient = try taped.sum().gradients(withRespectTo: [watched])[0]
    var shifted = weight
    shifted.withUnsafeMutableBufferPointer { $0[5] += 1e-2 }
    let moved = Linear(weight: shifted, bias: bias)
    let slope = ((moved(x, activation: .gelu) - plain).sum() / 1e-2).values[0]
    #expect(abs(gradient.values[5] - slope) < 2e-2 * max(1, abs(slope)))
  }

  @Test func `activations have gradients`() throws {
    let x = noise([50], 1)
    for activation in [Activation.silu, .gelu, .quickGELU, .relu] {
      let watched = x.watched()
      let got = try activation(watched).sum().gradients(withRespectTo: [watched])[0]
      let slope = (activation(x + 1e-2) - activation(x - 1e-2)) / 2e-2
      #expect(relativeError(got, slope) < 1e-3)
    }
  }

  @Test func `embeddings look rows up`() {
    let table = Embedding(weight: Tensor([0, 1, 10, 11, 20, 21], shape: [3, 2]))
    #expect(table([2, 0, 2]).values == [20, 21, 0, 1, 20, 21])
    #expect(table([]).shape == [0, 2])
  }

  @Test func `upsampling repeats pixels`() {
    let x = Tensor([1, 2, 3, 4], shape: [1, 2, 2, 1])
    #expect(upsampledNearest2x(x).values == [1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
  }

  /// With equal scores attention is the mean of the values; with one dominant score, one value.
  @Test(arguments: [(1, 8), (16_384, 8), (1_000, 160)])
  func `attention of extreme scores`(length: Int, size: Int) {
    let zeros = Tensor(repeating: 0, shape: [1, length, size])
    let value = noise([1, length, size], 1)
    let mean = value.transposed().matrixProduct(
      Tensor(repeating: 1 / Float(length), shape: [length, 1]))
    let some = zeros.slice(0..<1, axis: 1)
    let got = attention(query: some, key: zeros, value: value, heads: 1)
    #expect(relativeError(got, mean.reshaped([1, 1, size])) < 1e-4)
    var key = zeros
    key.withUnsafeMutableBufferPointer { $0[(length - 1) * size] = 1_000 }
    var query = some
    query.withUnsafeMutableBufferPointer { $0[0] = 1_000 }
    let last = attention(query: query, key: key, value: value, heads: 1)
    #expect(relativeError(last, value.slice(length - 1..<length, axis: 1)) < 1e-6)
  }
}
