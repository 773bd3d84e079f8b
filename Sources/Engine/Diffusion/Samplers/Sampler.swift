package import Tensors

/// One way to walk from noise to a picture, with what it remembers of earlier steps.
///
/// Latents and model outputs have one shape, `[batch, height, width, channels]`; every operation is
/// value by value. Indices count in `timesteps`, and steps are done in their order.
package protocol Sampler: Sendable {
  /// What the model is told at each step, noisy first.
  var timesteps: [Float] { get }
  /// The step to begin with: 0, or later where the strength is below 1.
  var firstIndex: Int { get }
  /// What unit noise is multiplied by to be the first latent at full strength.
  var initialNoiseScale: Float { get }

  /// The latent as the model wants to see it.
  func scaleInput(_ sample: Tensor, at index: Int) -> Tensor
  /// Noises a clean latent to the level that step `index` begins at.
  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor
  /// Goes one step on from what the model said about the (scaled) sample.
  mutating func step(modelOutput: Tensor, at index: Int, sample: Tensor) -> SamplerStep
}

extension Sampler {
  package func scaleInput(_ sample: Tensor, at index: Int) -> Tensor { sample }
  /// Noises a clean latent to the level of the first step.
  package func addNoise(to original: Tensor, noise: Tensor) -> Tensor {
    addNoise(to: original, noise: noise, at: firstIndex)
  }
  /// How many steps there are to do.
  package var count: Int { timesteps.count - firstIndex }
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

  func callAsFunction(_ sample: Tensor, _ output: Tensor) -> Tensor {
    sample.scaled(self.sample, adding: output, scaled: self.output)
  }
}

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
}
