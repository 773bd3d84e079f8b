import Compute
import Foundation
import Goldens
import Testing

@testable import Tensors

/// Every operation's gradient against central differences of its twin in double precision, and
/// against torch's autograd (Scripts/fixtures/make_gradients.py).
@Suite struct GradientTests {
  static let tolerance = 5e-7

  private static func unary(
    _ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor,
    _ twin: @escaping @Sendable (Double) -> Double
  ) -> GradientCase {
    GradientCase(name, ["x"]) {
      function($0[0])
    } twin: {
      $0[0].map(twin)
    }
  }

  private static func binary(
    _ name: String, _ function: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    _ twin: @escaping @Sendable (Double, Double) -> Double
  ) -> GradientCase {
    GradientCase(name, ["a", "b"]) {
      function($0[0], $0[1])
    } twin: {
      $0[0].joined($0[1], twin)
    }
  }

  private static func whole(
    _ name: String, _ function: @escaping @Sendable (Tensor) -> Tensor,
    twin: @escaping @Sendable (Doubles) -> Doubles
  ) -> GradientCase {
    GradientCase(name, ["x"]) {
      function($0[0])
    } twin: {
      twin($0[0])
    }
  }

  static let elementwise: [GradientCase] = [
    binary("add", { $0 + $1 }, +), binary("subtract", { $0 - $1 }, -),
    binary("multiply", { $0 * $1 }, *), binary("divide", { $0 / $1 }, /),
    GradientCase("same twice", ["a"]) {
      $0[0] * $0[0] + $0[0] / ($0[0] * $0[0] + 1)
    } twin: {
      $0[0].map { $0 * $0 + $0 / ($0 * $0 + 1) }
    },
    GradientCase("affine", ["a"]) {
      3 * $0[0] - 1
    } twin: {
      $0[0].map { 3 * $0 - 1 }
    },
    binary("scaled add", { $0.scaled(2, adding: $1, scaled: -0.5) }, { 2 * $0 - 0.5 * $1 }),
    binary("maximum", { Tensor.maximum($0, $1) }, { max($0, $1) }),
    binary("minimum", { Tensor.minimum($0, $1) }, { min($0, $1) }),
    unary("exponential", { $0.exponential() }, { exp($0) }),
    unary("logarithm", { $0.logarithm() }, { log($0) }),
    unary("square root", { $0.squareRoot() }, { $0.squareRoot() }),
    unary("absolute", { $0.absolute() }, { abs($0) }),
    unary("square", { $0.squared() }, { $0 * $0 }),
    unary("power", { $0.power(2.5) }, { pow($0, 2.5) }),
    unary("sigmoid", { $0.sigmoid() }, { 1 / (1 + exp(-$0)) }),
    unary("hyperbolic tangent", { $0.hyperbolicTangent() }, { tanh($0) }),
    unary("relu", { $0.relu() }, { max($0, 0) }),
    unary("leaky relu", { $0.leakyReLU(slope: 0.2) }, { $0 > 0 ? $0 : Double(Float(0.2)) * $0 }),
    unary("softplus", { $0.softplus() }, { max($0, 0) + log1p(exp(-abs($0))) }),
    unary("clamped", { $0.clamped(-0.5, 0.8) }, { min(max($0, -0.5), 0.8) }),
  ]

  static let reductions: [GradientCase] = [
    whole(
      "softmax", { $0.softmax() },
      twin: { x in
        TensorTwins.rows(x) { row in
          let total = row.reduce(0) { $0 + exp($1) }
          return row.map { exp($0) / total }
        }
      }),
    whole(
      "log softmax", { $0.logSoftmax() },
      twin: { x in
        TensorTwins.rows(x) { row in
          let total = row.reduce(0) { $0 + exp($1) }
          return row.map { $0 - log(total) }
        }
      }),
    whole("sum", { $0.sum() }, twin: { Doubles([$0.values.reduce(0, +)], []) }),
    whole(
      "mean", { $0.mean() },
      twin: {
        Doubles([$0.values.reduce(0, +) / Double($0.values.count)], [])
      }),
    whole("sum of axes", { $0.sum(axes: [1, -1]) }, twin: { TensorTwins.sum($0, axes: [1, 3]) }),
    whole(
      "mean of axes", { $0.mean(axes: [0, 2]) }, twin: { TensorTwins.mean($0, axes: [0, 2]) }),
    whole("mean per sample", { $0.meanPerSample() }, twin: { TensorTwins.mean($0, axes: [1, 2]) }),
    whole(
      "deviation per sample", { $0.deviationPerSample() },
      twin: {
        TensorTwins.deviationPerSample($0)
      }),
  ]

  static let layout: [GradientCase] = [
    whole(
      "broadcast", { $0.broadcast(to: [2, 3, 4, 5]) },
      twin: { x in
        Doubles([2, 3, 4, 5]) { x[$0] }
      }),
    whole("reshape", { $0.reshaped([33, -1]) }, twin: { $0.reshaped([33, 7]) }),
    whole(
      "transpose", { $0.transposed([2, 0, 3, 1]) },
      twin: {
        TensorTwins.transposed($0, [2, 0, 3, 1])
      }),
    whole("slice", { $0.slice(2..<5, axis: 1) }, twin: { TensorTwins.slice($0, 2..<5, axis: 1) }),
    GradientCase("concatenate", ["a", "b"]) {
      Tensor.concatenated([$0[0], $0[1], $0[0]], axis: 1)
    } twin: {
      TensorTwins.concatenated([$0[0], $0[1], $0[0]], axis: 1)
    },
    whole(
      "padding", { $0.padded(axis: 1, before: 2, after: 3) },
      twin: {
        TensorTwins.padded($0, axis: 1, before: 2, after: 3)
      }),
    whole(
      "gather", { $0.gathered([4, 0, 4, 2, 4]) },
      twin: {
        TensorTwins.gathered($0, [4, 0, 4, 2, 4])
      }),
  ]

  static let products: [GradientCase] = [
    "", ", right transposed", ", batched", ", batched, right transposed",
  ]
  .map { ending in
    let transposing = ending.hasSuffix("transposed")
    return GradientCase("product\(ending)", ["a", "b"]) {
      $0[0].matrixProduct($0[1], transposingRight: transposing)
    } twin: {
      TensorTwins.product($0[0], $0[1], transposingRight: transposing)
    }
  }

  static let cases = elementwise + reductions + layout + products

  @Test(arguments: cases) func `a gradient is its twin's slope and torch's`(
    operation: GradientCase
  ) throws {
    let errors = try operation.errors(try Goldens("gradients", in: .module))
    #expect(errors.value < Self.tolerance)
    #expect(errors.finiteDifferences < Self.tolerance)
    #expect((errors.torch ?? .infinity) < Self.tolerance)
  }

  @Test func `the gradient table of tensors`() throws {
    let goldens = try Goldens("gradients", in: .module)
    #expect(
      Set(goldens.names.compactMap { $0.split(separator: "/").first.map(String.init) })
        == Set(Self.cases.map(\.description)))
    guard ProcessInfo.processInfo.environment["BYTEEDIT_GRADIENT_TABLE"] != nil else { return }
    for operation in Self.cases { print(try operation.errors(goldens).row(operation.description)) }
  }

  @Test(arguments: [1, 2, 3]) func `threads do not change a gradient's bits`(threads: Int) throws {
    let goldens = try Goldens("gradients", in: .module)
    for operation in Self.cases {
      let (inputs, flow) = try operation.operands(goldens)
      let alone = try ThreadTeam.$current.withValue(ThreadTeam(threads: 1)) {
        try operation.gradients(inputs, flow)
      }
      let together = try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
        try operation.gradients(inputs, flow)
      }
      for (a, b) in zip(alone, together) {
        #expect(a.values.map(\.bitPattern) == b.values.map(\.bitPattern), "\(operation)")
      }
    }
  }
}
