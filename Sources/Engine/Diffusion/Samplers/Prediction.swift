/// How a model output turns into the original and the noise where the latent is
/// sqrt(alpha) original + sqrt(1 - alpha) noise.
struct Prediction: Sendable {
  let original: Weights
  let noise: Weights

  /// - Parameters:
  ///   - signal: sqrt(alpha), above 0 for a model that predicts noise.
  ///   - deviation: sqrt(1 - alpha), above 0 for one that predicts the original.
  init(_ type: PredictionType, signal: Float, deviation: Float) {
    switch type {
    case .epsilon:
      original = Weights(sample: 1 / signal, output: -deviation / signal)
      noise = Weights(sample: 0, output: 1)
    case .sample:
      original = Weights(sample: 0, output: 1)
      noise = Weights(sample: 1 / deviation, output: -signal / deviation)
    case .velocity:
      original = Weights(sample: signal, output: -deviation)
      noise = Weights(sample: deviation, output: signal)
    }
  }

  /// That of a model at one of its training timesteps.
  init(_ schedule: NoiseSchedule, at timestep: Int) {
    let level = Weights(noising: schedule, to: timestep)
    self.init(
      schedule.configuration.predictionType, signal: level.sample, deviation: level.output)
  }
}
