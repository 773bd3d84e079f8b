/// The samplers to choose from; raw values are those of requests and of `byteedit.json`.
package enum SamplerKind: String, Sendable, CaseIterable {
  case ddim
  case ddpm
  case euler
  case eulerAncestral = "euler-ancestral"
  case heun
  case dpmSolverMultistep = "dpm++2m"
  case uniPC = "unipc"
  case pndm
  case lcm
  case tcd

  /// What diffusers calls it in `scheduler_config.json` and `model_index.json`.
  package var schedulerClass: String {
    switch self {
    case .ddim: "DDIMScheduler"
    case .ddpm: "DDPMScheduler"
    case .euler: "EulerDiscreteScheduler"
    case .eulerAncestral: "EulerAncestralDiscreteScheduler"
    case .heun: "HeunDiscreteScheduler"
    case .dpmSolverMultistep: "DPMSolverMultistepScheduler"
    case .uniPC: "UniPCMultistepScheduler"
    case .pndm: "PNDMScheduler"
    case .lcm: "LCMScheduler"
    case .tcd: "TCDScheduler"
    }
  }

  /// The sampler a model folder names; nil for a scheduler that is not built in.
  package init?(schedulerClass: String) {
    guard let kind = Self.allCases.first(where: { $0.schedulerClass == schedulerClass }) else {
      return nil
    }
    self = kind
  }

  /// Whether steps draw noise of their own, beyond the latent that they begin with.
  package var drawsNoise: Bool {
    switch self {
    case .ddim, .euler, .heun, .dpmSolverMultistep, .uniPC, .pndm: false
    case .ddpm, .eulerAncestral, .lcm, .tcd: true
    }
  }
}
