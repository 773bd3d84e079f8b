package import Tensors

/// The walk from noise to a latent, a step at a time.
///
/// The caller watches by looking at the steps and stops by not asking for another:
///
///     var denoising = Denoising(
///       sampler: sampler, latent: noise, generator: generator, model: predict)
///     while let step = try denoising.next() { report(step.index, step.count) }
///     let result = denoising.latent
package struct Denoising {
  package typealias Model = (_ sample: Tensor, _ timestep: Float) throws -> Tensor

  /// One step that was done.
  package struct Step: Sendable {
    /// 0 ..< `count`.
    package let index: Int
    package let count: Int
    /// The training timestep the model was asked at last.
    package let timestep: Float
    /// The latent after the step, `[batch, height, width, channels]`.
    package let latent: Tensor
    /// The model's guess of the finished latent, at this step.
    package let predictedOriginal: Tensor
  }

  /// The latent after all that was done so far.
  package private(set) var latent: Tensor
  private var sampler: any Sampler
  private var generator: TorchGenerator
  /// The next timestep to ask the model at.
  private var index: Int
  private var stepsDone = 0
  private let model: Model
  /// What the model answered so far, in order; kept only for walks that `recall`.
  package private(set) var answers: [Tensor] = []
  /// Nil where answers are not kept.
  private var known: [Tensor]?

  /// - Parameters:
  ///   - sampler: fresh; it remembers earlier steps.
  ///   - latent: noise times `initialNoiseScale`, or a noised original.
  ///   - generator: what the noise of the walk is drawn from; the one that drew the latent, where
  ///     the walk shall be the reference's.
  ///   - model: the (guided) prediction for a scaled sample at a timestep.
  package init(
    sampler: any Sampler, latent: Tensor, generator: TorchGenerator, model: @escaping Model
  ) {
    self.sampler = sampler
    self.latent = latent
    self.generator = generator
    self.model = model
    index = sampler.firstIndex
  }

  /// From now on answers are kept, and those known from an earlier walk with the same beginning
  /// are not asked for again: the steps they led to come out bit by bit as they were.
  ///
  /// - Parameter answers: `answers` of the earlier walk, which may have ended anywhere.
  package mutating func recall(_ answers: [Tensor]) {
    known = answers
  }

  /// Does the next step; nil when all are done.
  ///
  /// Most samplers ask the model once a step.
  /// After an error the same step can be tried again; what the model answered in it is kept.
  package mutating func next() throws -> Step? {
    while index < sampler.timesteps.count {
      let asked = index
      let result = try ask()
      guard sampler.endsStep(at: asked) else { continue }
      defer { stepsDone += 1 }
      return Step(
        index: stepsDone, count: sampler.count, timestep: sampler.timesteps[asked], latent: latent,
        predictedOriginal: result.predictedOriginal)
    }
    return nil
  }

  /// Asks the model once and lets the sampler go on.
  private mutating func ask() throws -> SamplerStep {
    let output =
      try knownAnswer ?? model(sampler.scaleInput(latent, at: index), sampler.timesteps[index])
    let result = sampler.step(
      modelOutput: output, at: index, sample: latent, using: &generator)
    latent = result.latent
    index += 1
    if known != nil { answers.append(output) }
    return result
  }

  private var knownAnswer: Tensor? {
    guard let known, answers.count < known.count else { return nil }
    return known[answers.count]
  }
}
