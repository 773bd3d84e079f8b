import Tensors

/// Euler's method over sigma (Karras and others 2022, algorithm 2 without churn).
///
/// Its latent is original + sigma noise, so the model sees it divided by sqrt(sigma^2 + 1).
struct EulerSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float

  private let sigmas: [Float]
  private let predictionType: PredictionType

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    let configuration = schedule.configuration
    let training = configuration.trainingTimesteps
    let table = SigmaTable(schedule)
    let spacing = configuration.timestepSpacing ?? .linspace
    // Between training timesteps, unlike the other samplers.
    var timesteps =
      spacing == .linspace
      ? TimestepSpacing.linspace(to: Double(training - 1), count: range.steps).reversed()
        .map { Double(Float($0)) }
      : spacing.timesteps(range.steps, of: training, offset: configuration.stepsOffset)
    timesteps = try range.check(timesteps, below: training)
    var sigmas = timesteps.map(table.interpolated)
    if configuration.usesKarrasSigmas, let first = sigmas.first, let last = sigmas.last {
      sigmas = SigmaTable.karras(from: first, to: last, count: sigmas.count)
      timesteps = sigmas.map(table.timestep)
    }
    self.sigmas = table.ended(sigmas, by: configuration.finalSigma)
    let largest = self.sigmas.max() ?? 1
    initialNoiseScale = spacing == .leading ? (largest * largest + 1).squareRoot() : largest
    predictionType = configuration.predictionType
    self.timesteps = timesteps.map { Float($0) }
    firstIndex = range.first
  }

  func scaleInput(_ sample: Tensor, at index: Int) -> Tensor {
    sample * (1 / (sigmas[index] * sigmas[index] + 1).squareRoot())
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    original.scaled(1, adding: noise, scaled: sigmas[index])
  }

  mutating func step(modelOutput: Tensor, at index: Int, sample: Tensor) -> SamplerStep {
    let sigma = sigmas[index]
    let original = prediction(sigma)(sample, modelOutput)
    return SamplerStep(
      latent: walked(sample, towards: original, from: sigma, to: sigmas[index + 1]),
      predictedOriginal: original)
  }

  /// The sample plus its derivative times the change of sigma, rounded in the reference's order.
  ///
  /// From a sigma of 4096 (zero terminal signal) to one of 10, most digits cancel: what is left
  /// would be another picture if the derivative were folded into one weight.
  private func walked(
    _ sample: Tensor, towards original: Tensor, from sigma: Float, to next: Float
  ) -> Tensor {
    let change = next - sigma
    return sample.map(with: original) { sample, original, result, count in
      for i in 0..<count {
        let derivative = (sample[i] - original[i]) / sigma
        result[i] = sample[i] + derivative * change
      }
    }.recorded("Euler step", [sample, original]) { gradient in
      [gradient.affine(1 + change / sigma, 0), gradient.affine(-change / sigma, 0)]
    }
  }

  private func prediction(_ sigma: Float) -> Weights {
    let variance = sigma * sigma + 1
    return switch predictionType {
    case .epsilon: Weights(sample: 1, output: -sigma)
    case .sample: Weights(sample: 0, output: 1)
    case .velocity: Weights(sample: 1 / variance, output: -sigma / variance.squareRoot())
    }
  }
}
