/// The timesteps of models that were distilled to jump: a subset of those of their distillation
/// (Luo and others 2023, section 4.3), whatever spacing the folder names.
enum DistillationSteps {
  static func timesteps(
    _ configuration: SchedulerConfiguration, _ range: StepRange, for sampler: SamplerKind
  ) throws(DiffusionError) -> [Int] {
    let (original, training) = (configuration.originalSteps, configuration.trainingTimesteps)
    guard original <= training else {
      throw .notPossible(
        sampler: sampler,
        reason: "original_inference_steps = \(original) is more than \(training) timesteps")
    }
    guard range.steps <= original else {
      throw .steps(range.steps, reason: "\(sampler.rawValue) knows \(original) of distillation")
    }
    let skip = training / original
    let stride = Double(original) / Double(range.steps)
    return (0..<range.steps).map { step in
      (original - Int(Double(step) * stride)) * skip - 1
    }
  }
}
