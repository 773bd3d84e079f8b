import Tensors

/// Heun's method over sigma (Karras and others 2022, algorithm 1): the model is asked at both ends
/// of a step, but only once in the last, which ends without noise.
struct HeunSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let count: Int
  let initialNoiseScale: Float

  /// Where a step began and which way it went first.
  private struct Probe {
    let sample: Tensor
    let derivative: Tensor
  }

  private let sigmas: [Float]
  private let predictionType: PredictionType
  private let clip: Float?
  private var probe: Probe?

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    let configuration = schedule.configuration
    // The reference's does not know the key; with it, the slope at a sigma of 4096 says nothing
    // about the one at the next, and their mean leads astray.
    guard !configuration.rescalesBetasToZeroSNR else {
      throw .notPossible(
        sampler: .heun,
        reason: "it cannot begin where nothing but noise is left, as here; "
          + "euler walks the same way")
    }
    let levels = try SigmaSchedule(
      schedule, range, usesKarras: configuration.usesKarrasSigmas, final: .zero)
    sigmas = levels.sigmas
    // The first timestep once, every other twice.
    timesteps = levels.timesteps.prefix(1) + levels.timesteps.dropFirst().flatMap { [$0, $0] }
    firstIndex = 2 * range.first
    count = levels.timesteps.count - range.first
    initialNoiseScale = levels.initialNoiseScale
    predictionType = configuration.predictionType
    clip = configuration.clipsSample ?? false ? Float(configuration.clipSampleRange) : nil
  }

  /// The noise level of the sample that the model is asked about.
  private func sigma(at index: Int) -> Float { sigmas[(index + 1) / 2] }

  func scaleInput(_ sample: Tensor, at index: Int) -> Tensor {
    sample.scaledInput(at: sigma(at: index))
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    original.scaled(1, adding: noise, scaled: sigma(at: index))
  }

  func endsStep(at index: Int) -> Bool { index % 2 == 1 || index == timesteps.count - 1 }

  mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using _: inout TorchGenerator
  ) -> SamplerStep {
    var original = sample.original(predictionType, modelOutput, at: sigma(at: index))
    if let clip { original = original.clamped(-clip, clip) }
    let derivative = sample.derivative(awayFrom: original, at: sigma(at: index))
    let change = sigmas[index / 2 + 1] - sigmas[index / 2]
    guard index % 2 == 1, let probe else {
      probe = Probe(sample: sample, derivative: derivative)
      return SamplerStep(
        latent: sample.advanced(along: derivative, by: change), predictedOriginal: original)
    }
    self.probe = nil
    let mean = (probe.derivative + derivative) * 0.5
    return SamplerStep(
      latent: probe.sample.advanced(along: mean, by: change), predictedOriginal: original)
  }
}
