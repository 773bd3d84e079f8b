import Tensors

/// Denoising diffusion implicit models without added noise (Song and others 2021, equation 12).
struct DDIMSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float = 1

  private struct Step {
    let prediction: Prediction
    /// Weights of the predicted original and the predicted noise in the next latent.
    let nextSignal: Float
    let nextDeviation: Float
    /// Weights of a clean latent and of noise at this step.
    let start: Weights
  }

  private let steps: [Step]
  private let clip: Float?

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    let configuration = schedule.configuration
    let training = configuration.trainingTimesteps
    let alphas = schedule.cumulativeAlphas
    let spacing = configuration.timestepSpacing ?? .leading
    let timesteps = try range.check(
      spacing.timesteps(range.steps, of: training, offset: configuration.stepsOffset),
      below: training)
    let finalAlpha = configuration.setsAlphaToOne ?? true ? 1 : alphas[0]
    steps = timesteps.map { timestep in
      let next = Int(timestep) - training / range.steps
      let nextAlpha = next >= 0 ? alphas[next] : finalAlpha
      return Step(
        prediction: Prediction(schedule, at: Int(timestep)),
        nextSignal: nextAlpha.squareRoot(), nextDeviation: (1 - nextAlpha).squareRoot(),
        start: Weights(noising: schedule, to: Int(timestep)))
    }
    clip = configuration.clipsSample ?? true ? Float(configuration.clipSampleRange) : nil
    self.timesteps = timesteps.map { Float($0) }
    firstIndex = range.first
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    steps[index].start(original, noise)
  }

  mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using _: inout TorchGenerator
  ) -> SamplerStep {
    let step = steps[index]
    var original = step.prediction.original(sample, modelOutput)
    if let clip { original = original.clamped(-clip, clip) }
    let noise = step.prediction.noise(sample, modelOutput)
    return SamplerStep(
      latent: original.scaled(step.nextSignal, adding: noise, scaled: step.nextDeviation),
      predictedOriginal: original)
  }
}
