import Glibc
import Tensors

/// DPM-Solver++ with up to two steps of memory (Lu and others 2022, algorithm 2).
struct DPMSolverSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float = 1

  private let levels: [NoiseLevel]
  private let configuration: SchedulerConfiguration
  private var earlier: Tensor?

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    configuration = schedule.configuration
    guard configuration.solverOrder <= 2 else {
      throw .notPossible(
        sampler: .dpmSolverMultistep,
        reason: "its order \(configuration.solverOrder) is not built in (solver_order)")
    }
    let solver = try SolverLevels(
      schedule, range, lambdaMinimum: configuration.lambdaMinimum,
      karrasRounding: configuration.betaSchedule != .squaredCosine
        ? .toNearestOrEven : .towardZero)
    timesteps = solver.timesteps
    levels = solver.levels
    firstIndex = range.first
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    let level = levels[index]
    return original.scaled(level.signal, adding: noise, scaled: level.deviation)
  }

  mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using _: inout TorchGenerator
  ) -> SamplerStep {
    let (level, next) = (levels[index], levels[index + 1])
    let original = Prediction(
      configuration.predictionType, signal: level.signal, deviation: level.deviation
    ).original(sample, modelOutput)
    let distance = next.lambda - level.lambda
    let factor = next.signal * (exp(-distance) - 1)
    var latent = sample.scaled(
      next.deviation / level.deviation, adding: original, scaled: -factor)
    if let earlier, !isFirstOrder(index) {
      let ratio = (level.lambda - levels[index - 1].lambda) / distance
      // UniPC's rules, in a folder saved for it, count as the midpoint's.
      let weight =
        configuration.solverType == .heun
        ? next.signal * ((exp(-distance) - 1) / distance + 1) : -0.5 * factor
      latent = latent.scaled(1, adding: original - earlier, scaled: weight / ratio)
    }
    earlier = original
    return SamplerStep(latent: latent, predictedOriginal: original)
  }

  /// The last step is of first order where no noise is left after it or the settings say so.
  private func isFirstOrder(_ index: Int) -> Bool {
    if configuration.solverOrder == 1 { return true }
    guard index == timesteps.count - 1 else { return false }
    return configuration.usesEulerAtEnd || configuration.finalSigma == .zero
      || configuration.usesLowerOrderAtEnd && timesteps.count < 15
  }
}
