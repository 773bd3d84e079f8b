package import Tensors

/// The walk from noise to a latent, a step at a time: each `next()` asks the model once.
///
/// The caller watches by looking at the steps and stops by not asking for another:
///
///     var denoising = Denoising(sampler: sampler, latent: noise, model: predict)
///     while let step = try denoising.next() { report(step.index, step.count) }
///     let result = denoising.latent
package struct Denoising {
  package typealias Model = (_ sample: Tensor, _ timestep: Float) throws -> Tensor

  /// One step that was done.
  package struct Step: Sendable {
    /// 0 ..< `count`.
    package let index: Int
    package let count: Int
    /// The training timestep the model was asked at.
    package let timestep: Float
    /// The latent after the step, `[batch, height, width, channels]`.
    package let latent: Tensor
    /// The model's guess of the finished latent, at this step.
    package let predictedOriginal: Tensor
  }

  /// The latent after the steps done so far.
  package private(set) var latent: Tensor
  private var sampler: any Sampler
  private var index: Int
  private let model: Model

  /// - Parameters:
  ///   - sampler: fresh; it remembers earlier steps.
  ///   - latent: noise times `initialNoiseScale`, or a noised original.
  ///   - model: the (guided) prediction for a scaled sample at a timestep.
  package init(sampler: any Sampler, latent: Tensor, model: @escaping Model) {
    self.sampler = sampler
    self.latent = latent
    self.model = model
    index = sampler.firstIndex
  }

  /// Does the next step; nil when all are done. After an error the same step can be tried again.
  package mutating func next() throws -> Step? {
    guard index < sampler.timesteps.count else { return nil }
    let timestep = sampler.timesteps[index]
    let output = try model(sampler.scaleInput(latent, at: index), timestep)
    let result = sampler.step(modelOutput: output, at: index, sample: latent)
    defer { index += 1 }
    latent = result.latent
    return Step(
      index: index - sampler.firstIndex, count: sampler.count, timestep: timestep, latent: latent,
      predictedOriginal: result.predictedOriginal)
  }
}
