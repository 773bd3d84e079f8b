/// The samplers to choose from; raw values are those of requests and of `byteedit.json`.
package enum SamplerKind: String, Sendable, CaseIterable {
  case ddim
  case euler
  case dpmSolverMultistep = "dpm++2m"
  case pndm

  /// What diffusers calls it in `scheduler_config.json` and `model_index.json`.
  package var schedulerClass: String {
    switch self {
    case .ddim: "DDIMScheduler"
    case .euler: "EulerDiscreteScheduler"
    case .dpmSolverMultistep: "DPMSolverMultistepScheduler"
    case .pndm: "PNDMScheduler"
    }
  }

  /// The sampler a model folder names; nil for a scheduler that is not built in.
  package init?(schedulerClass: String) {
    guard let kind = Self.allCases.first(where: { $0.schedulerClass == schedulerClass }) else {
      return nil
    }
    self = kind
  }
}
