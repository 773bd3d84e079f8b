import Tensors

/// Pseudo numerical methods, linear multistep part (Liu and others 2022, equations 9 and 12).
///
/// As Stable Diffusion folders use it: the second timestep is visited twice in place of Runge-Kutta
/// steps.
struct PNDMSampler: Sampler {
  let timesteps: [Float]
  let firstIndex: Int
  let initialNoiseScale: Float = 1

  private struct Step {
    /// The original as the model sees it, for those who watch.
    let prediction: Prediction
    /// The noise in a combined model output.
    let noise: Weights
    /// Weights of the sample and of the noise in the next latent.
    let next: Weights
    /// Weights of a clean latent and of noise at this step.
    let start: Weights
  }

  private let steps: [Step]
  private var outputs: [Tensor] = []
  private var firstSample: Tensor?

  init(_ schedule: NoiseSchedule, _ range: StepRange) throws(DiffusionError) {
    try Self.check(schedule.configuration)
    let alphas = schedule.cumulativeAlphas
    let timesteps = try Self.timesteps(schedule.configuration, range)
    let ratio = alphas.count / range.steps
    var steps: [Step] = []
    for (index, timestep) in timesteps.enumerated() {
      // The second step repeats the first, now from the mean of both outputs.
      let isRepeat = index == range.first + 1
      let from = Int(timestep) + (isRepeat ? ratio : 0)
      guard from < alphas.count else {
        throw .steps(range.steps, reason: "timestep \(from) lies beyond the training's")
      }
      steps.append(Self.step(schedule, at: Int(timestep), from: from, to: from - ratio))
    }
    self.steps = steps
    self.timesteps = timesteps.map { Float($0) }
    firstIndex = range.first
  }

  private static func check(_ configuration: SchedulerConfiguration) throws(DiffusionError) {
    let reason: String
    if configuration.predictionType == .sample {
      reason = "the model predicts the sample, not noise or velocity"
    } else if configuration.rescalesBetasToZeroSNR {
      reason = "it divides by the signal of the last timestep, which is zero"
    } else if !configuration.skipsRungeKuttaSteps {
      reason = "its Runge-Kutta steps are not built in (skip_prk_steps = false)"
    } else {
      return
    }
    throw .notPossible(sampler: .pndm, reason: reason)
  }

  private static func timesteps(
    _ configuration: SchedulerConfiguration, _ range: StepRange
  ) throws(DiffusionError) -> [Double] {
    let spacing = configuration.timestepSpacing ?? .leading
    var timesteps = spacing.timesteps(
      range.steps, of: configuration.trainingTimesteps, offset: configuration.stepsOffset)
    if timesteps.count > 1 { timesteps.insert(timesteps[1], at: 1) }
    return try range.check(timesteps, below: configuration.trainingTimesteps)
  }

  private static func step(
    _ schedule: NoiseSchedule, at timestep: Int, from: Int, to: Int
  ) -> Step {
    let configuration = schedule.configuration
    let alphas = schedule.cumulativeAlphas
    let alpha = alphas[from]
    let nextAlpha =
      to >= 0 ? alphas[to] : configuration.setsAlphaToOne ?? false ? 1 : alphas[0]
    let (beta, nextBeta) = (1 - alpha, 1 - nextAlpha)
    let divisor = alpha * nextBeta.squareRoot() + (alpha * beta * nextAlpha).squareRoot()
    let type = configuration.predictionType
    return Step(
      prediction: Prediction(schedule, at: timestep),
      noise: Prediction(type, signal: alpha.squareRoot(), deviation: beta.squareRoot()).noise,
      next: Weights(
        sample: (nextAlpha / alpha).squareRoot(), output: -(nextAlpha - alpha) / divisor),
      start: Weights(noising: schedule, to: timestep))
  }

  func addNoise(to original: Tensor, noise: Tensor, at index: Int) -> Tensor {
    steps[index].start(original, noise)
  }

  mutating func step(
    modelOutput: Tensor, at index: Int, sample: Tensor, using _: inout TorchGenerator
  ) -> SamplerStep {
    let step = steps[index]
    let isRepeat = index == firstIndex + 1
    let base = isRepeat ? firstSample ?? sample : sample
    if isRepeat {
      firstSample = nil
    } else {
      if index == firstIndex { firstSample = sample }
      outputs = outputs.suffix(3) + [modelOutput]
    }
    let output =
      isRepeat ? modelOutput.scaled(0.5, adding: outputs[0], scaled: 0.5) : combinedOutput()
    return SamplerStep(
      latent: step.next(base, step.noise(base, output)),
      predictedOriginal: step.prediction.original(sample, modelOutput))
  }

  /// The Adams-Bashforth combination of the newest outputs.
  private func combinedOutput() -> Tensor {
    let weights: [[Float]] = [
      [1], [-1 / 2, 3 / 2], [5 / 12, -16 / 12, 23 / 12], [-9 / 24, 37 / 24, -59 / 24, 55 / 24],
    ]
    let own = weights[outputs.count - 1]
    guard own.count > 1 else { return outputs[0] }
    var sum = outputs[0].scaled(own[0], adding: outputs[1], scaled: own[1])
    for index in 2..<own.count {
      sum = sum.scaled(1, adding: outputs[index], scaled: own[index])
    }
    return sum
  }
}
