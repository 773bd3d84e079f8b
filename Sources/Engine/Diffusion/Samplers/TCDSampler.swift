import Tensors

/// Strategic stochastic sampling of trajectory consistency models (Zheng and others 2024, algorithm
/// 4): jump a share of the way to the next timestep too far, then add noise to come back.
///
/// For models distilled to it.
struct TCDSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float = 1

  private struct Step {
    let prediction: Prediction
    /// Weights of a clean latent and of noise at this step.
    let start: Weights
    /// Weights of the predicted original and noise where the jump ends.
    let landing: Weights
    /// Weights of the landing and of fresh noise in the next latent; nil where none is added.
    let noised: Weights?
  }

  private let steps: [Step]

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    let configuration = schedule.configuration
    let alphas = schedule.cumulativeAlphas
    let timesteps = try DistillationSteps.timesteps(configuration, range, for: .tcd)
    let share = Float(1 - configuration.stochasticity)
    steps = timesteps.indices.map { index in
      let isLast = index + 1 == timesteps.count
      let next = isLast ? 0 : timesteps[index + 1]
      let landing = Int(share * Float(next))
      let ratio = alphas[next] / alphas[landing]
      return Step(
        prediction: Prediction(schedule, at: timesteps[index]),
        start: Weights(noising: schedule, to: timesteps[index]),
        landing: Weights(noising: schedule, to: landing),
        noised: isLast || configuration.stochasticity == 0
          ? nil : Weights(sample: ratio.squareRoot(), output: (1 - ratio).squareRoot()))
    }
    self.timesteps = timesteps.map { Float($0) }
    firstIndex = range.first
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    steps[index].start(original, noise)
  }

  mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using generator: inout TorchGenerator
  ) -> SamplerStep {
    let step = steps[index]
    let original = step.prediction.original(sample, modelOutput)
    let noise = step.prediction.noise(sample, modelOutput)
    let landed = step.landing(original, noise)
    let latent = step.noised.map { $0(landed, generator.latentNoise(sample.shape)) }
    return SamplerStep(latent: latent ?? landed, predictedOriginal: original)
  }
}
