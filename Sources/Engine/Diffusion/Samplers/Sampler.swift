package import Tensors

/// One way to walk from noise to a picture, with what it remembers of earlier steps.
///
/// Latents and model outputs have one shape, `[batch, height, width, channels]`; every operation is
/// value by value. Indices count in `timesteps`, and the model is asked in their order.
package protocol Sampler: Sendable {
  /// What the model is told each time it is asked, noisy first.
  var timesteps: [Float] { get }
  /// The one to begin with: 0, or later where the strength is below 1.
  var firstIndex: Int { get }
  /// How many steps there are to do; the model may be asked more often.
  var count: Int { get }
  /// What unit noise is multiplied by to be the first latent at full strength.
  var initialNoiseScale: Float { get }

  /// The latent as the model wants to see it.
  func scaleInput(_ sample: Tensor, at index: Int) -> Tensor
  /// Noises a clean latent to the level that the model is asked about at an index.
  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor
  /// Whether a step ends with this answer of the model; else it is asked again within the step.
  func endsStep(at index: Int) -> Bool
  /// Goes on from what the model said about the (scaled) sample.
  /// - Parameter generator: the edit's own; a sampler that adds noise draws it here.
  mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using generator: inout TorchGenerator
  ) -> SamplerStep
}

extension Sampler {
  package func scaleInput(_ sample: Tensor, at index: Int) -> Tensor { sample }
  /// Noises a clean latent to the level of the first step.
  package func addNoise(to original: Tensor, noise: Tensor) -> Tensor {
    addNoise(to: original, noise: noise, at: firstIndex)
  }
  package var count: Int { timesteps.count - firstIndex }
  package func endsStep(at index: Int) -> Bool { true }
}

/// What a step gives.
package struct SamplerStep: Sendable {
  /// The latent before the next step.
  package let latent: Tensor
  /// The model's present guess of the finished latent.
  package let predictedOriginal: Tensor
}

/// Two numbers that weigh a sample and a model output.
struct Weights: Sendable {
  let sample: Float
  let output: Float

  init(sample: Float, output: Float) {
    self.sample = sample
    self.output = output
  }

  /// The weights of an original and of noise in a latent at a training timestep.
  init(noising schedule: NoiseSchedule, to timestep: Int) {
    let alpha = schedule.cumulativeAlphas[timestep]
    self.init(sample: alpha.squareRoot(), output: (1 - alpha).squareRoot())
  }

  func callAsFunction(_ sample: Tensor, _ output: Tensor) -> Tensor {
    sample.scaled(self.sample, adding: output, scaled: self.output)
  }
}
