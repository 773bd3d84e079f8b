import Glibc
import Tensors

/// DPM-Solver++ with up to two steps of memory (Lu and others 2022, algorithm 2).
struct DPMSolverSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float = 1

  /// Where a step stands: latent = signal original + deviation noise, lambda the logarithm of their
  /// ratio.
  private struct Level {
    let signal: Float
    let deviation: Float
    let lambda: Float

    init(sigma: Float) {
      signal = 1 / (sigma * sigma + 1).squareRoot()
      deviation = sigma * signal
      lambda = log(signal) - log(deviation)
    }
  }

  private let levels: [Level]
  private let configuration: SchedulerConfiguration
  private var earlier: Tensor?

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    configuration = schedule.configuration
    let table = SigmaTable(schedule)
    var timesteps = try Self.timesteps(schedule, range)
    var sigmas = timesteps.map(table.interpolated)
    if configuration.usesKarrasSigmas {
      sigmas = SigmaTable.karras(
        from: Double(table.all[table.all.count - 1]), to: Double(table.all[0]), count: range.steps)
      let isRounded = configuration.betaSchedule != .squaredCosine
      timesteps = sigmas.map(table.timestep)
        .map { $0.rounded(isRounded ? .toNearestOrEven : .towardZero) }
    }
    timesteps = try range.check(timesteps, below: configuration.trainingTimesteps)
    let ended = table.ended(sigmas, by: configuration.finalSigma)
    guard zip(ended, ended.dropFirst()).dropLast().allSatisfy({ $0 > $1 }) else {
      throw .steps(range.steps, reason: "two steps fall together; ask for fewer")
    }
    levels = ended.map(Level.init)
    self.timesteps = timesteps.map { Float($0) }
    firstIndex = range.first
  }

  /// One more point than there are steps, the last left out; unlike those of the other samplers.
  private static func timesteps(
    _ schedule: NoiseSchedule, _ range: StepRange
  ) throws(DiffusionError) -> [Double] {
    let configuration = schedule.configuration
    let last = configuration.trainingTimesteps - clippedCount(schedule)
    let points = range.steps + 1
    switch configuration.timestepSpacing ?? .linspace {
    case .linspace:
      return TimestepSpacing.linspace(to: Double(last - 1), count: points)
        .map { $0.rounded(.toNearestOrEven) }.reversed().dropLast()
    case .leading:
      guard points <= last else { throw .steps(range.steps, reason: "ask for fewer than \(last)") }
      return (1..<points).reversed()
        .map { Double($0 * (last / points) + configuration.stepsOffset) }
    case .trailing:
      let ratio = Double(configuration.trainingTimesteps) / Double(range.steps)
      return TimestepSpacing.trailing(from: Double(last), ratio: ratio, range.steps)
    }
  }

  /// How many of the noisiest timesteps lie below the configured bound of lambda.
  private static func clippedCount(_ schedule: NoiseSchedule) -> Int {
    let table = SigmaTable(schedule)
    let bound = schedule.configuration.lambdaMinimum
    return min(table.all.count { Double(-log($0)) < bound }, table.all.count - 1)
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    let level = levels[index]
    return original.scaled(level.signal, adding: noise, scaled: level.deviation)
  }

  mutating func step(modelOutput: Tensor, at index: Int, sample: Tensor) -> SamplerStep {
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
      let weight =
        configuration.solverType == .midpoint
        ? -0.5 * factor : next.signal * ((exp(-distance) - 1) / distance + 1)
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
