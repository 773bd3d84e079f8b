import Glibc

/// Where a latent stands: signal original + deviation noise, lambda the logarithm of their ratio.
struct NoiseLevel: Sendable {
  let signal: Float
  let deviation: Float
  let lambda: Float

  init(sigma: Float) {
    signal = 1 / (sigma * sigma + 1).squareRoot()
    deviation = sigma * signal
    lambda = log(signal) - log(deviation)
  }
}

/// Timesteps and noise levels of the samplers that count in lambda: DPM-Solver++ and UniPC.
struct SolverLevels: Sendable {
  /// One for each step, noisy first.
  let timesteps: [Float]
  /// One for each step and that after the last.
  let levels: [NoiseLevel]

  /// - Parameters:
  ///   - lambdaMinimum: timesteps with a lower lambda are left out.
  ///   - karrasRounding: to which whole timestep a noise level of Karras and others belongs.
  init(
    _ schedule: NoiseSchedule, _ range: StepRange, lambdaMinimum: Double,
    karrasRounding: FloatingPointRoundingRule
  ) throws(DiffusionError) {
    let configuration = schedule.configuration
    let table = SigmaTable(schedule)
    let clipped = min(
      table.all.count { Double(-log($0)) < lambdaMinimum }, table.all.count - 1)
    var timesteps = try Self.timesteps(
      configuration, range, last: configuration.trainingTimesteps - clipped)
    var sigmas = timesteps.map(table.interpolated)
    if configuration.usesKarrasSigmas {
      sigmas = SigmaTable.karras(
        from: Double(table.all[table.all.count - 1]), to: Double(table.all[0]), count: range.steps)
      timesteps = sigmas.map(table.timestep).map { $0.rounded(karrasRounding) }
    }
    timesteps = try range.check(timesteps, below: configuration.trainingTimesteps)
    let ended = table.ended(sigmas, by: configuration.finalSigma)
    guard zip(ended, ended.dropFirst()).dropLast().allSatisfy({ $0 > $1 }) else {
      throw .steps(range.steps, reason: "two steps fall together; ask for fewer")
    }
    levels = ended.map(NoiseLevel.init)
    self.timesteps = timesteps.map { Float($0) }
  }

  /// One more point than there are steps, the last left out; unlike those of the other samplers.
  private static func timesteps(
    _ configuration: SchedulerConfiguration, _ range: StepRange, last: Int
  ) throws(DiffusionError) -> [Double] {
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
}
