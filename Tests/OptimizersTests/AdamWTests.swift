import CKernels
import Compute
import Foundation
import Goldens
import Optimizers
import Tensors
import Testing

/// Against torch.optim.AdamW (Scripts/fixtures/make_optimizers.py).
@Suite struct AdamWTests {
  static let names = ["a.bias", "a.weight", "b.weight"]
  private let goldens: Goldens

  init() throws { goldens = try Goldens("optimizers", in: .module) }

  private func parameters(_ key: String) throws -> Parameters {
    var tensors: [String: Tensor] = [:]
    for name in Self.names { tensors[name] = try goldens.tensor("\(key)/\(name)") }
    return Parameters(tensors)
  }

  private func settings(_ betas: (Double, Double)) -> AdamW.Settings {
    var settings = AdamW.Settings()
    settings.betas = betas
    settings.weightDecay = 0.05
    settings.decays = { !$0.hasSuffix("bias") }
    settings.learningRateMultiplier = { $0.hasPrefix("b.") ? 0.5 : 1 }
    return settings
  }

  /// How many representable numbers lie between two values, at most.
  private func distance(_ a: Tensor, _ b: Tensor) -> Int {
    func order(_ x: Float) -> Int {
      let bits = Int(x.bitPattern & 0x7fff_ffff)
      return x.sign == .minus ? -bits : bits
    }
    return zip(a.values, b.values).map { abs(order($0) - order($1)) }.max() ?? 0
  }

  /// Torch's square root is not always the nearest number, so parameters may be one apart.
  @Test(arguments: [("adamw", 0.9, 0.99), ("no momentum", 0.0, 0.95)])
  func `every step is torch's, to the last digit but one`(
    key: String, beta1: Double, beta2: Double
  ) throws {
    var optimizer = AdamW(try parameters("\(key)/0"), settings: settings((beta1, beta2)))
    for step in 0..<6 {
      var parameters = try parameters("\(key)/\(step)")
      let gradients = try self.parameters("\(key)/\(step)/gradient")
      try optimizer.update(&parameters, gradients: gradients.tensors, learningRate: 3e-3)
      let after = try self.parameters("\(key)/\(step + 1)")
      let first = try self.parameters("\(key)/\(step)/first")
      let second = try self.parameters("\(key)/\(step)/second")
      for index in Self.names.indices {
        guard KernelSet.active != .plain else {
          // Without fused multiply-add nothing rounds as in torch.
          #expect(relativeError(parameters.tensors[index], after.tensors[index]) < 1e-6)
          continue
        }
        #expect(distance(parameters.tensors[index], after.tensors[index]) <= 1)
        #expect(distance(optimizer.firstMoments.tensors[index], first.tensors[index]) == 0)
        #expect(distance(optimizer.secondMoments.tensors[index], second.tensors[index]) == 0)
      }
    }
    #expect(optimizer.step == 6)
  }

  @Test func `threads change no bit`() throws {
    var generator = TorchGenerator(seed: 1)
    let start = Parameters(["x": generator.normal(shape: [70_001])])
    let gradient = generator.normal(shape: [70_001])
    let results = try [1, 2, 3].map { threads in
      try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
        var parameters = start
        var optimizer = AdamW(parameters)
        let norm = GradientNorm([gradient])
        try optimizer.update(
          &parameters, gradients: [gradient], learningRate: 1e-2,
          gradientScale: norm.clipping(to: 1))
        return parameters.tensors[0].values
      }
    }
    #expect(results[0] == results[1] && results[0] == results[2])
    #expect(results[0] != start.tensors[0].values)
  }

  @Test func `a multiplier of nothing freezes, decay included`() throws {
    var settings = AdamW.Settings()
    settings.learningRateMultiplier = { _ in 0 }
    let start = Parameters(["x": Tensor([1, -2, 3], shape: [3])])
    var (parameters, optimizer) = (start, AdamW(start, settings: settings))
    try optimizer.update(
      &parameters, gradients: [Tensor([5, 6, 7], shape: [3])], learningRate: 0.1)
    #expect(parameters.tensors[0].values == start.tensors[0].values)
  }

  @Test func `what does not fit is refused and nothing moves`() throws {
    let start = Parameters(["x": Tensor([1, -2, 3], shape: [3])])
    var (parameters, optimizer) = (start, AdamW(start))
    for wrong in [[], [Tensor([1, 2], shape: [2])]] {
      #expect(throws: OptimizerError.otherGradients) {
        try optimizer.update(&parameters, gradients: wrong, learningRate: 0.1)
      }
    }
    var others = Parameters(["y": Tensor([1, -2, 3], shape: [3])])
    #expect(throws: OptimizerError.otherParameters) {
      try optimizer.update(&others, gradients: others.tensors, learningRate: 0.1)
    }
    #expect(optimizer.step == 0 && parameters.tensors[0].values == [1, -2, 3])
  }

  static let sets = KernelSet.allCases.filter(\.isAvailable)

  @Test(arguments: sets, [1, 7, 16, 33, 1_031])
  func `every kernel set against plain arithmetic`(set: KernelSet, n: Int) throws {
    let kernels = try #require(set.table).pointee
    var generator = TorchGenerator(seed: UInt64(n))
    let (p, g) = (generator.normal(shape: [n]).values, generator.normal(shape: [n]).values)
    let m = generator.normal(shape: [n]).values
    let v = generator.normal(shape: [n]).values.map { $0 * $0 }
    var numbers = ck_adamw(
      gradient_scale: 0.5, decay: 0.99, first_weight: 0.1, second_decay: 0.9, second_weight: 0.1,
      correction: 0.4, epsilon: 1e-6, step: -0.01)
    var (newP, newM, newV) = (p, m, v)
    kernels.adamw(&newP, g, &newM, &newV, &numbers, n)
    var average = p
    kernels.approach(&average, g, 0.25, n)
    for i in 0..<n {
      let gradient = 0.5 * Double(g[i])
      let first = 0.9 * Double(m[i]) + 0.1 * gradient
      let second = 0.9 * Double(v[i]) + 0.1 * gradient * gradient
      let moved = 0.99 * Double(p[i]) - 0.01 * first / (second.squareRoot() / 0.4 + 1e-6)
      #expect(abs(Double(newM[i]) - first) < 1e-6)
      #expect(abs(Double(newV[i]) - second) < 1e-6 * max(1, second))
      #expect(abs(Double(newP[i]) - moved) < 2e-6)
      #expect(abs(Double(average[i]) - (0.75 * Double(p[i]) + 0.25 * Double(g[i]))) < 1e-6)
    }
    let squares = p.reduce(0.0) { $0 + Double($1) * Double($1) }
    #expect(abs(kernels.sum_of_squares(p, n) - squares) <= 1e-13 * squares)
  }
}
