/// Timesteps and noise levels of the samplers that walk over sigma and may stand between training
/// timesteps: Euler's method, its ancestral form and Heun's.
///
/// Their latent is original + sigma noise, so the model sees it divided by sqrt(sigma^2 + 1).
struct SigmaSchedule: Sendable {
  /// One for each step, noisy first.
  let timesteps: [Float]
  /// One for each step and that after the last.
  let sigmas: [Float]
  let initialNoiseScale: Float

  /// - Parameters:
  ///   - usesKarras: whether the noise levels between the first and the last are spaced anew.
  ///   - final: the noise level after the last step.
  init(
    _ schedule: NoiseSchedule, _ range: StepRange, usesKarras: Bool, final: FinalSigma
  ) throws(DiffusionError) {
    let configuration = schedule.configuration
    let training = configuration.trainingTimesteps
    let table = SigmaTable(schedule)
    let spacing = configuration.timestepSpacing ?? .linspace
    var timesteps =
      spacing == .linspace
      ? TimestepSpacing.linspace(to: Double(training - 1), count: range.steps).reversed()
        .map { Double(Float($0)) }
      : spacing.timesteps(range.steps, of: training, offset: configuration.stepsOffset)
    timesteps = try range.check(timesteps, below: training)
    var sigmas = timesteps.map(table.interpolated)
    if usesKarras, let first = sigmas.first, let last = sigmas.last {
      sigmas = SigmaTable.karras(from: first, to: last, count: sigmas.count)
      timesteps = sigmas.map(table.timestep)
    }
    self.sigmas = table.ended(sigmas, by: final)
    let largest = self.sigmas.max() ?? 1
    initialNoiseScale = spacing == .leading ? (largest * largest + 1).squareRoot() : largest
    self.timesteps = timesteps.map { Float($0) }
  }
}
