import Goldens
import Layers
import Tensors

/// The layers whose gradients are checked, by the names of Scripts/fixtures/make_gradients.py.
enum GradientCases {
  static let all = convolutions + linears + norms + attentions + others + compositions

  // MARK: Products

  private static func convolution(
    _ name: String, _ inputs: [String] = ["x", "weight", "bias"], stride: Int = 1,
    padding: Padding = .same(1), activation: Activation = .none, shapes: [Shape]? = nil
  ) -> GradientCase {
    let (hasBias, hasResidual) = (inputs.contains("bias"), inputs.contains("residual"))
    return GradientCase("convolution \(name)", inputs, shapes: shapes) { operands in
      Convolution2D(
        weight: operands[1], bias: hasBias ? operands[2] : nil, stride: stride, padding: padding
      )(operands[0], activation: activation, adding: hasResidual ? operands[3] : nil)
    } twin: { operands in
      var y = LayerTwins.convolution(operands[0], operands[1], stride: stride, padding: padding)
      if hasBias { y = y + operands[2] }
      y = LayerTwins.activation(activation, y)
      return hasResidual ? y + operands[3] : y
    }
  }

  private static let everything = ["x", "weight", "bias", "residual"]

  private static let convolutions: [GradientCase] = [
    convolution("3x3"), convolution("without bias", ["x", "weight"]),
    convolution("with everything", everything, activation: .silu),
    convolution("with residual", everything), convolution("stride 2", stride: 2),
    convolution(
      "downsampling", stride: 2, padding: Padding(top: 0, left: 0, bottom: 1, right: 1)),
    convolution("stride over the kernel", stride: 3, padding: .none),
    convolution("pointwise", everything, padding: .none, activation: .gelu),
    convolution("pointwise, padded"), convolution("5x5", padding: .same(2)),
    convolution("3x5, asymmetric", padding: Padding(top: 2, left: 1, bottom: 0, right: 3)),
    convolution("deep"),
    // Enough pixels for patches in blocks and for lanes.
    convolution("of many pixels", shapes: [[2, 24, 22, 3], [5, 3, 3, 3], [5]]),
    // Enough channels for several tiles of the kernel's gradient.
    convolution("of many channels", shapes: [[2, 2, 3, 15], [260, 15, 3, 3], [260]]),
  ]

  private static func linear(
    _ name: String, _ inputs: [String] = ["x", "weight", "bias"], activation: Activation = .none
  ) -> GradientCase {
    let (hasBias, hasResidual) = (inputs.contains("bias"), inputs.contains("residual"))
    return GradientCase(name, inputs) { operands in
      Linear(weight: operands[1], bias: hasBias ? operands[2] : nil)(
        operands[0], activation: activation, adding: hasResidual ? operands[3] : nil)
    } twin: { operands in
      var y = LayerTwins.linear(operands[0], operands[1])
      if hasBias { y = y + operands[2] }
      y = LayerTwins.activation(activation, y)
      return hasResidual ? y + operands[3] : y
    }
  }

  private static let linears: [GradientCase] = [
    linear("linear"), linear("linear without bias", ["x", "weight"]), linear("linear of rows"),
    linear("linear of one row"), linear("linear with everything", everything, activation: .gelu),
  ]

  // MARK: Normalisations

  private static func layerNorm(_ name: String, _ inputs: [String]) -> GradientCase {
    let scale = inputs.firstIndex(of: "scale")
    let bias = inputs.firstIndex(of: "bias")
    return GradientCase("layer normalization\(name)", inputs) { operands in
      LayerNormalization(scale: scale.map { operands[$0] }, bias: bias.map { operands[$0] })(
        operands[0])
    } twin: { operands in
      var y = LayerTwins.layerNormalization(operands[0])
      if let scale { y = y * operands[scale] }
      if let bias { y = y + operands[bias] }
      return y
    }
  }

  private static func groupNorm(
    _ name: String, groups: Int, _ activation: Activation = .none, shapes: [Shape]? = nil
  ) -> GradientCase {
    GradientCase("group normalization\(name)", ["x", "scale", "bias"], shapes: shapes) {
      GroupNormalization(groups: groups, scale: $0[1], bias: $0[2], activation: activation)($0[0])
    } twin: {
      LayerTwins.activation(
        activation, LayerTwins.groupNormalization($0[0], groups: groups) * $0[1] + $0[2])
    }
  }

  private static let norms: [GradientCase] = [
    layerNorm("", ["x", "scale", "bias"]), layerNorm(", plain", ["x"]),
    layerNorm(", scale only", ["x", "scale"]), layerNorm(", bias only", ["x", "bias"]),
    layerNorm(", many rows", ["x", "scale", "bias"]), groupNorm("", groups: 5),
    groupNorm(" with silu", groups: 5, .silu), groupNorm(" with gelu", groups: 3, .gelu),
    groupNorm(" with quickGELU", groups: 2, .quickGELU), groupNorm(", one group", groups: 1, .silu),
    groupNorm(", faint", groups: 4, .silu), groupNorm(", far from zero", groups: 2, .silu),
    groupNorm(", many blocks", groups: 8, .silu, shapes: [[2, 19, 31, 80], [80], [80]]),
  ]

  // MARK: Attention and the rest

  private static func attending(
    _ name: String, heads: Int, causal: Bool = false, lengths: [Int]? = nil,
    shapes: [Shape]? = nil
  ) -> GradientCase {
    GradientCase("attention \(name)", ["query", "key", "value"], shapes: shapes) {
      attention(
        query: $0[0], key: $0[1], value: $0[2], heads: heads, causal: causal, keyLengths: lengths)
    } twin: {
      LayerTwins.attention($0[0], $0[1], $0[2], heads: heads, causal: causal, lengths: lengths)
    }
  }

  private static let attentions: [GradientCase] = [
    attending("to a context", heads: 3), attending("of other widths", heads: 2),
    attending("causal", heads: 2, causal: true), attending("of many keys", heads: 1),
    attending(
      "causal, of many keys", heads: 1, causal: true,
      shapes: [[1, 530, 2], [1, 530, 2], [1, 530, 2]]),
    // The second block of keys is seen by no query.
    attending(
      "causal, with keys to spare", heads: 1, causal: true,
      shapes: [[2, 90, 3], [2, 520, 3], [2, 520, 2]]),
    attending(
      "padded", heads: 2, lengths: [7, 1, 4], shapes: [[3, 5, 6], [3, 7, 6], [3, 7, 4]]),
    // The second block of keys is padding in part, or whole.
    attending(
      "padded, of many keys", heads: 1, lengths: [517, 512, 3],
      shapes: [[3, 70, 2], [3, 530, 2], [3, 530, 2]]),
    attending(
      "causal, padded", heads: 2, causal: true, lengths: [9, 2],
      shapes: [[2, 80, 4], [2, 80, 4], [2, 80, 4]]),
  ]

  private static func picture(
    _ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor,
    twin: @escaping @Sendable (Doubles) -> Doubles
  ) -> GradientCase {
    GradientCase(name, ["x"]) {
      function($0[0])
    } twin: {
      twin($0[0])
    }
  }

  private static let others: [GradientCase] =
    [
      picture("geglu", { geglu($0) }, twin: { LayerTwins.geglu($0) }),
      GradientCase("embedding", ["weight"]) {
        Embedding(weight: $0[0])([3, 1, 3, 8, 0, 3])
      } twin: { operands in
        Doubles([6, 5]) { operands[0][[3, 1, 3, 8, 0, 3][$0[0]], $0[1]] }
      },
      picture("nearest upsampling", { upsampledNearest2x($0) }, twin: { LayerTwins.upsampled($0) }),
      picture("average pooling", { averagePooled($0) }, twin: { LayerTwins.pooled($0, size: 2) }),
      picture(
        "average pooling by 3", { averagePooled($0, size: 3) },
        twin: {
          LayerTwins.pooled($0, size: 3)
        }),
    ]
    + [Activation.silu, .gelu, .quickGELU, .relu].map { activation in
      picture(
        activation.rawValue, { activation($0) }, twin: { LayerTwins.activation(activation, $0) })
    }
    + [("up", 9, 11), ("down", 3, 4), ("one axis", 5, 3)].map { name, height, width in
      picture(
        "bilinear resampling, \(name)", { resizedBilinear($0, height: height, width: width) },
        twin: { LayerTwins.resized($0, height: height, width: width) })
    }

  // MARK: Blocks

  private static let compositions: [GradientCase] = [
    GradientCase(
      "residual block",
      [
        "x", "time", "scale1", "bias1", "weight1", "offset1", "project", "shift", "scale2",
        "bias2", "weight2", "offset2", "shortcut",
      ]
    ) { x in
      var hidden = GroupNormalization(groups: 3, scale: x[2], bias: x[3], activation: .silu)(x[0])
      hidden = Convolution2D(weight: x[4], bias: x[5])(hidden)
      hidden = hidden + Linear(weight: x[6], bias: x[7])(x[1]).reshaped([2, 1, 1, 4])
      hidden = GroupNormalization(groups: 2, scale: x[8], bias: x[9], activation: .silu)(hidden)
      return Convolution2D(weight: x[10], bias: x[11])(
        hidden, adding: Linear(weight: x[12], bias: nil)(x[0]))
    } twin: { x in
      var hidden = LayerTwins.groupNormalization(x[0], groups: 3) * x[2] + x[3]
      hidden = LayerTwins.activation(.silu, hidden)
      hidden = LayerTwins.convolution(hidden, x[4], stride: 1, padding: .same(1)) + x[5]
      hidden = hidden + (LayerTwins.linear(x[1], x[6]) + x[7]).reshaped([2, 1, 1, 4])
      hidden = LayerTwins.groupNormalization(hidden, groups: 2) * x[8] + x[9]
      hidden = LayerTwins.activation(.silu, hidden)
      hidden = LayerTwins.convolution(hidden, x[10], stride: 1, padding: .same(1)) + x[11]
      return hidden + LayerTwins.linear(x[0], x[12])
    },
    GradientCase(
      "transformer layer",
      [
        "x", "context", "scale1", "bias1", "query", "key", "value", "output", "offset", "scale2",
        "bias2", "widen", "widen_bias", "narrow",
      ]
    ) { x in
      let normal = LayerNormalization(scale: x[2], bias: x[3])(x[0])
      let attended = attention(
        query: Linear(weight: x[4], bias: nil)(normal), key: Linear(weight: x[5], bias: nil)(x[1]),
        value: Linear(weight: x[6], bias: nil)(x[1]), heads: 2)
      let hidden = Linear(weight: x[7], bias: x[8])(attended, adding: x[0])
      let inner = LayerNormalization(scale: x[9], bias: x[10])(hidden)
      return Linear(weight: x[13], bias: nil)(
        geglu(Linear(weight: x[11], bias: x[12])(inner)), adding: hidden)
    } twin: { x in
      let normal = LayerTwins.layerNormalization(x[0]) * x[2] + x[3]
      let attended = LayerTwins.attention(
        LayerTwins.linear(normal, x[4]), LayerTwins.linear(x[1], x[5]),
        LayerTwins.linear(x[1], x[6]), heads: 2)
      let hidden = LayerTwins.linear(attended, x[7]) + x[8] + x[0]
      let inner = LayerTwins.layerNormalization(hidden) * x[9] + x[10]
      return LayerTwins.linear(LayerTwins.geglu(LayerTwins.linear(inner, x[11]) + x[12]), x[13])
        + hidden
    },
  ]
}
