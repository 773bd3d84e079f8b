import Tensors

/// Euler's method over sigma (Karras and others 2022, algorithm 2 without churn).
struct EulerSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float

  private let sigmas: [Float]
  private let predictionType: PredictionType

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    let configuration = schedule.configuration
    let levels = try SigmaSchedule(
      schedule, range, usesKarras: configuration.usesKarrasSigmas, final: configuration.finalSigma)
    timesteps = levels.timesteps
    sigmas = levels.sigmas
    initialNoiseScale = levels.initialNoiseScale
    predictionType = configuration.predictionType
    firstIndex = range.first
  }

  func scaleInput(_ sample: Tensor, at index: Int) -> Tensor {
    sample.scaledInput(at: sigmas[index])
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    original.scaled(1, adding: noise, scaled: sigmas[index])
  }

  mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using _: inout TorchGenerator
  ) -> SamplerStep {
    let sigma = sigmas[index]
    let original = sample.original(predictionType, modelOutput, at: sigma)
    let derivative = sample.derivative(awayFrom: original, at: sigma)
    return SamplerStep(
      latent: sample.advanced(along: derivative, by: sigmas[index + 1] - sigma),
      predictedOriginal: original)
  }
}
