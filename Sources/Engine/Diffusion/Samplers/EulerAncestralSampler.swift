import Tensors

/// Euler's method over sigma that walks too far down and adds fresh noise to come back up
/// (k-diffusion's `sample_euler_ancestral`; the variances are those of Song and others 2021).
struct EulerAncestralSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float

  private let sigmas: [Float]
  private let predictionType: PredictionType

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    predictionType = schedule.configuration.predictionType
    guard predictionType != .sample else {
      throw .notPossible(
        sampler: .eulerAncestral, reason: "the model predicts the sample, not noise or velocity")
    }
    let levels = try SigmaSchedule(schedule, range, usesKarras: false, final: .zero)
    timesteps = levels.timesteps
    sigmas = levels.sigmas
    initialNoiseScale = levels.initialNoiseScale
    firstIndex = range.first
  }

  func scaleInput(_ sample: Tensor, at index: Int) -> Tensor {
    sample.scaledInput(at: sigmas[index])
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    original.scaled(1, adding: noise, scaled: sigmas[index])
  }

  mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using generator: inout TorchGenerator
  ) -> SamplerStep {
    let (sigma, next) = (sigmas[index], sigmas[index + 1])
    let original = sample.original(predictionType, modelOutput, at: sigma)
    // In the reference's order: the two squares nearly cancel.
    let up = (next * next * (sigma * sigma - next * next) / (sigma * sigma)).squareRoot()
    let down = (next * next - up * up).squareRoot()
    let derivative = sample.derivative(awayFrom: original, at: sigma)
    let latent = sample.advanced(along: derivative, by: down - sigma)
    return SamplerStep(
      latent: latent.scaled(1, adding: generator.latentNoise(latent.shape), scaled: up),
      predictedOriginal: original)
  }
}
