import Tensors

/// Multistep sampling of latent consistency models (Luo and others 2023, algorithm 3): jump to the
/// original, noise it again to the next timestep.
///
/// For models distilled to it.
struct LCMSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float = 1

  private struct Step {
    let prediction: Prediction
    /// Weights of a clean latent and of noise at this step.
    let start: Weights
    /// Weights of the sample and the predicted original in the model's answer (equation 9).
    let boundary: Weights
    /// Weights of that answer and of fresh noise in the next latent; nil for the last.
    let noised: Weights?
  }

  private let steps: [Step]
  private let clip: Float?

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    let configuration = schedule.configuration
    let timesteps = try DistillationSteps.timesteps(configuration, range, for: .lcm)
    steps = timesteps.indices.map { index in
      Step(
        prediction: Prediction(schedule, at: timesteps[index]),
        start: Weights(noising: schedule, to: timesteps[index]),
        boundary: Self.boundary(at: timesteps[index], scale: configuration.timestepScaling),
        noised: index + 1 < timesteps.count
          ? Weights(noising: schedule, to: timesteps[index + 1]) : nil)
    }
    clip = configuration.clipsSample ?? false ? Float(configuration.clipSampleRange) : nil
    self.timesteps = timesteps.map { Float($0) }
    firstIndex = range.first
  }

  private static func boundary(at timestep: Int, scale: Double) -> Weights {
    let time = Float(timestep) * Float(scale)
    let deviation: Float = 0.5
    let sum = time * time + deviation * deviation
    return Weights(sample: deviation * deviation / sum, output: time / sum.squareRoot())
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
    let denoised = step.boundary(sample, original)
    let latent = step.noised.map { $0(denoised, generator.latentNoise(sample.shape)) }
    return SamplerStep(latent: latent ?? denoised, predictedOriginal: denoised)
  }
}
