import Tensors

/// The unified predictor-corrector of up to three steps of memory, on predicted originals
/// (Zhao and others 2023, algorithms 5 and 6): every answer of the model first corrects the sample
/// it was asked about.
struct UniPCSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float = 1

  private let levels: [NoiseLevel]
  private let predictors: [UniPCUpdate]
  /// Nil where the sample is not corrected.
  private let correctors: [UniPCUpdate?]
  private let predictionType: PredictionType
  /// Predicted originals of earlier steps, newest first.
  private var originals: [Tensor] = []
  /// The (corrected) sample of the step before.
  private var earlier: Tensor?

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    let configuration = schedule.configuration
    let solver = try SolverLevels(
      schedule, range, lambdaMinimum: -.infinity, karrasRounding: .toNearestOrEven)
    try Self.check(solver, configuration)
    let plan = Plan(levels: solver.levels, first: range.first, configuration: configuration)
    predictors = solver.timesteps.indices.map(plan.predictor)
    correctors = solver.timesteps.indices.map(plan.corrector)
    timesteps = solver.timesteps
    levels = solver.levels
    predictionType = configuration.predictionType
    firstIndex = range.first
  }

  /// The last step must lead somewhere.
  private static func check(
    _ solver: SolverLevels, _ configuration: SchedulerConfiguration
  ) throws(DiffusionError) {
    guard configuration.finalSigma == .minimum else { return }
    guard !configuration.usesKarrasSigmas else {
      throw .notPossible(
        sampler: .uniPC,
        reason: "use_karras_sigmas with final_sigmas_type = sigma_min ends with a step to itself")
    }
    let steps = solver.timesteps.count
    guard solver.levels[steps].lambda > solver.levels[steps - 1].lambda else {
      throw .steps(steps, reason: "the last step would lead to itself; ask for fewer")
    }
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    let level = levels[index]
    return original.scaled(level.signal, adding: noise, scaled: level.deviation)
  }

  mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using _: inout TorchGenerator
  ) -> SamplerStep {
    let level = levels[index]
    let original = Prediction(predictionType, signal: level.signal, deviation: level.deviation)
      .original(sample, modelOutput)
    var corrected = sample
    if let corrector = correctors[index], let earlier, let newest = originals.first {
      let others = originals.dropFirst().prefix(corrector.differences.count - 1) + [original]
      corrected = corrector(earlier, newest, others: Array(others))
    }
    let predictor = predictors[index]
    let latent = predictor(
      corrected, original, others: Array(originals.prefix(predictor.differences.count)))
    earlier = corrected
    originals = [original] + originals.prefix(Plan.memory)
    return SamplerStep(latent: latent, predictedOriginal: original)
  }
}

/// Which order each step has.
private struct Plan {
  /// Originals that the highest order needs besides the newest.
  static let memory = 2

  let levels: [NoiseLevel]
  let first: Int
  let configuration: SchedulerConfiguration

  /// The rules of DPM-Solver++, in a folder saved for it, count as `b2`.
  private var variant: SolverType { configuration.solverType == .b1 ? .b1 : .b2 }

  /// One more with every step, down to one again at the end.
  ///
  /// Where no noise is left after the last step nothing but first order is defined; the reference
  /// gives no number there.
  private func order(_ index: Int) -> Int {
    let left = levels.count - 1 - index
    let isLowered =
      configuration.usesLowerOrderAtEnd || left == 1 && configuration.finalSigma == .zero
    return min(configuration.solverOrder, index - first + 1, isLowered ? left : .max)
  }

  /// Steps before the first are never done; they are planned as if of first order.
  func predictor(_ index: Int) -> UniPCUpdate {
    UniPCUpdate(
      from: levels[index], to: levels[index + 1], earlier: earlier(than: index),
      isCorrector: false, variant: variant)
  }

  /// Corrects what the predictor of the step before gave, in its order.
  func corrector(_ index: Int) -> UniPCUpdate? {
    guard index > first, !configuration.uncorrectedSteps.contains(index - 1) else { return nil }
    return UniPCUpdate(
      from: levels[index - 1], to: levels[index], earlier: earlier(than: index - 1),
      isCorrector: true, variant: variant)
  }

  private func earlier(than index: Int) -> [NoiseLevel] {
    (1..<max(order(index), 1)).map { levels[index - $0] }
  }
}
