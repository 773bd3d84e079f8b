import Foundation
import Goldens
import Layers
import Tensors
import Testing

/// Against golden outputs of torch in double precision (Scripts/fixtures/layers.py).
@Suite struct GoldenLayerTests {
  static let tolerance = 1e-5
  private let goldens: Goldens

  init() throws { goldens = try Goldens("layers", in: .module) }

  private func get(_ name: String) throws -> Tensor { try goldens.tensor(name) }

  private func expect(_ got: Tensor, _ name: String) throws {
    let error = relativeError(got, try get(name))
    #expect(error <= Self.tolerance, "\(name): \(error)")
  }

  @Test(arguments: [
    ("3x3", 1, Padding.same(1)), ("stride", 2, .same(1)),
    ("downsampler", 2, Padding(top: 0, left: 0, bottom: 1, right: 1)),
    ("pointwise", 1, .none), ("wide", 1, .same(1)), ("5x5", 1, .same(2)),
  ])
  func `convolutions`(name: String, stride: Int, padding: Padding) throws {
    let layer = Convolution2D(
      weight: try get("convolution/\(name)/weight"), bias: try get("convolution/\(name)/bias"),
      stride: stride, padding: padding)
    try expect(layer(try get("convolution/\(name)/x")), "convolution/\(name)/y")
  }

  @Test(arguments: ["odd", "wide"]) func `linear layers`(name: String) throws {
    let layer = Linear(
      weight: try get("linear/\(name)/weight"), bias: try get("linear/\(name)/bias"))
    try expect(layer(try get("linear/\(name)/x")), "linear/\(name)/y")
  }

  @Test(arguments: ["odd", "wide"]) func `layer normalization`(name: String) throws {
    let layer = LayerNormalization(
      scale: try get("layernorm/\(name)/scale"), bias: try get("layernorm/\(name)/bias"),
      epsilon: 1e-5)
    try expect(layer(try get("layernorm/\(name)/x")), "layernorm/\(name)/y")
  }

  @Test(arguments: [("odd", 5), ("one", 1), ("offset", 8)])
  func `group normalization`(name: String, groups: Int) throws {
    for (activation, output) in [(Activation.none, "y"), (.silu, "silu")] {
      let layer = GroupNormalization(
        groups: groups, scale: try get("groupnorm/\(name)/scale"),
        bias: try get("groupnorm/\(name)/bias"), epsilon: 1e-6, activation: activation)
      try expect(layer(try get("groupnorm/\(name)/x")), "groupnorm/\(name)/\(output)")
    }
  }

  @Test(arguments: [("odd", 3), ("long", 1), ("causal", 2), ("single", 2)])
  func `fused attention`(name: String, heads: Int) throws {
    let got = attention(
      query: try get("attention/\(name)/query"), key: try get("attention/\(name)/key"),
      value: try get("attention/\(name)/value"), heads: heads, causal: name == "causal")
    try expect(got, "attention/\(name)/y")
  }

  @Test(arguments: [Activation.silu, .gelu, .quickGELU])
  func `activations`(activation: Activation) throws {
    try expect(activation(try get("activation/x")), "activation/\(activation.rawValue)")
  }
}
