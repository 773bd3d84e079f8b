import Tensors

/// Ancestral sampling of the forward process's posterior (Ho and others 2020, algorithm 2).
struct DDPMSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float = 1

  private struct Step {
    let prediction: Prediction
    /// Weights of a clean latent and of noise at this step.
    let start: Weights
    /// Weights of the sample and the predicted original in the mean of the next latent (equation 7).
    let mean: Weights
    /// Of the noise that is added; nil at timestep 0.
    let deviation: Float?
  }

  private let steps: [Step]
  private let clip: Float?

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    let configuration = schedule.configuration
    let training = configuration.trainingTimesteps
    let spacing = configuration.timestepSpacing ?? .leading
    let timesteps = try range.check(
      spacing.timesteps(range.steps, of: training, offset: configuration.stepsOffset),
      below: training
    ).map { Int($0) }
    steps = timesteps.indices.map { index in
      let isLast = index + 1 == timesteps.count
      return Self.step(
        schedule, at: timesteps[index], to: isLast ? nil : timesteps[index + 1])
    }
    clip = configuration.clipsSample ?? true ? Float(configuration.clipSampleRange) : nil
    self.timesteps = timesteps.map { Float($0) }
    firstIndex = range.first
  }

  private static func step(_ schedule: NoiseSchedule, at timestep: Int, to next: Int?) -> Step {
    let alphas = schedule.cumulativeAlphas
    let alpha = alphas[timestep]
    let nextAlpha = next.map { alphas[$0] } ?? 1
    let (beta, nextBeta) = (1 - alpha, 1 - nextAlpha)
    let kept = alpha / nextAlpha
    let lost = 1 - kept
    let isLarge = schedule.configuration.variance == .fixedLarge
    // The reference holds the variance above zero for a logarithm's sake.
    let variance = isLarge ? lost : max(nextBeta / beta * lost, 1e-20)
    return Step(
      prediction: Prediction(schedule, at: timestep),
      start: Weights(noising: schedule, to: timestep),
      mean: Weights(
        sample: kept.squareRoot() * nextBeta / beta, output: nextAlpha.squareRoot() * lost / beta),
      deviation: timestep > 0 ? variance.squareRoot() : nil)
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    steps[index].start(original, noise)
  }

  mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using generator: inout TorchGenerator
  ) -> SamplerStep {
    let step = steps[index]
    var original = step.prediction.original(sample, modelOutput)
    if let clip { original = original.clamped(-clip, clip) }
    var latent = step.mean(sample, original)
    if let deviation = step.deviation {
      latent = latent.scaled(
        1, adding: generator.latentNoise(sample.shape), scaled: deviation)
    }
    return SamplerStep(latent: latent, predictedOriginal: original)
  }
}
