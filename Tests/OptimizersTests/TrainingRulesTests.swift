import Compute
import Foundation
import Goldens
import Optimizers
import Tensors
import Testing

/// Clipping, schedules, averages and accumulation, against torch and diffusers
/// (Scripts/fixtures/make_optimizers.py).
@Suite struct TrainingRulesTests {
  private let goldens: Goldens

  init() throws { goldens = try Goldens("optimizers", in: .module) }

  @Test(arguments: ["1.0", "1000.0", "1e-05"]) func `clipping is torch's`(key: String) throws {
    let gradients = try (0..<3).map { try goldens.tensor("clipping/\(key)/gradient/\($0)") }
    let maximum = try #require(Double(key))
    let norm = GradientNorm(gradients)
    let wanted = try goldens.tensor("clipping/\(key)/norm").values[0]
    #expect(abs(norm.value - wanted) <= wanted.ulp)
    let scale = norm.clipping(to: maximum)
    #expect((scale == 1) == (maximum > 100))
    for (index, gradient) in gradients.enumerated() {
      let clipped = try goldens.tensor("clipping/\(key)/clipped/\(index)")
      #expect(relativeError(gradient * scale, clipped) < 3e-7)
    }
  }

  @Test func `the norm adds up in double precision`() {
    // In single precision a hundred million small squares would stop growing.
    let gradient = Tensor(repeating: 1e-3, shape: [5_000_003])
    let wanted = Float((5_000_003 * Double(Float(1e-3)) * Double(Float(1e-3))).squareRoot())
    #expect(GradientNorm([gradient, Tensor(0)]).value == wanted)
  }

  @Test func `warm-up and cosine are the reference's`() throws {
    let schedule = LearningRateSchedule.warmupCosine(warmup: 10, steps: 50)
    for (step, factor) in try goldens.tensor("schedule/10/50").values.enumerated()
    where step <= 50 {
      #expect(abs(Float(schedule.factor(at: step)) - factor) < 1e-7, "\(step)")
    }
    // The reference's cosine would rise again behind the end.
    #expect(schedule.factor(at: 53) == 0)
    #expect(LearningRateSchedule.constant.factor(at: 1_000) == 1)
    #expect(LearningRateSchedule.warmupCosine(warmup: 0, steps: 1).factor(at: 0) == 1)
  }

  @Test func `the moving average and its ramp are the reference's`() throws {
    var average = MovingAverage(
      Parameters(["x": try goldens.tensor("average/start")]), decay: 0.6)
    for step in 0..<12 {
      try average.update(
        with: Parameters(["x": try goldens.tensor("average/\(step)/parameter")]))
      let wanted = try goldens.tensor("average/\(step)/average")
      #expect(average.parameters.tensors[0].values == wanted.values, "\(step)")
    }
    #expect(MovingAverage.decay(at: 2, upTo: 0.9995) == 2.0 / 11)
    #expect(MovingAverage.decay(at: 1_000_000, upTo: 0.9995) == 0.9995)
    #expect(throws: OptimizerError.otherParameters) { try average.update(with: Parameters([:])) }
  }

  @Test func `micro-batches add up to one large batch`() throws {
    var generator = TorchGenerator(seed: 5)
    let inputs = generator.normal(shape: [6, 9])
    let start = Parameters(["w": generator.normal(shape: [9, 4])])
    func loss(_ rows: Range<Int>, _ parameters: Parameters) -> Tensor {
      let outputs = inputs.slice(rows, axis: 0).matrixProduct(parameters.tensors[0])
      return (outputs.exponential() * outputs).mean()
    }
    let whole = start.watched()
    let wanted = try loss(0..<6, whole).gradients(withRespectTo: whole.tensors)
    var accumulator = GradientAccumulator()
    for (rows, share) in [(0..<2, Float(2) / 6), (2..<3, 1.0 / 6), (3..<6, 0.5)] {
      let part = start.watched()
      try accumulator.add(
        try loss(rows, part).gradients(withRespectTo: part.tensors), share: share)
    }
    #expect(relativeError(accumulator.gradients[0], wanted[0]) < 1e-6)
    #expect(throws: OptimizerError.otherGradients) { try accumulator.add([], share: 1) }
  }

  @Test func `a loss that is no number moves nothing`() throws {
    var state = TrainingState(Parameters(["x": Tensor([1, 2], shape: [2])]))
    let step = TrainingStep(learningRate: 0.1)
    #expect(throws: OptimizerError.self) {
      try step(&state) { weights, _ in
        var weights = weights
        return try weights.take("x", shape: [2]).sum() * .infinity
      }
    }
    #expect(state.step == 0 && state.average?.step == 0)
    #expect(state.parameters.tensors[0].values == [1, 2])
  }
}
