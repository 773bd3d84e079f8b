/// The noise a model was trained with, from which samplers are made.
package struct NoiseSchedule: Sendable {
  package let configuration: SchedulerConfiguration
  /// The share of signal variance at each training timestep, from nearly 1 down to the last, which
  /// is 0 where the terminal signal-to-noise ratio is.
  package let cumulativeAlphas: [Float]

  /// Tabulates the schedule.
  ///
  /// - Throws: `DiffusionError.unsupported` for a model that predicts noise though its last
  ///   timestep holds nothing else: such a prediction says nothing about the picture.
  package init(configuration: SchedulerConfiguration) throws(DiffusionError) {
    let rescales = configuration.rescalesBetasToZeroSNR
    if rescales, configuration.predictionType == .epsilon {
      throw .unsupported(key: "rescale_betas_zero_snr", value: "true with epsilon prediction")
    }
    self.configuration = configuration
    var betas = configuration.betaSchedule.betas(configuration)
    if rescales { betas = BetaSchedule.rescaledToZeroSNR(betas) }
    cumulativeAlphas = BetaSchedule.cumulativeProduct(betas)
    let isUsable = cumulativeAlphas.indices.allSatisfy { index in
      let alpha = cumulativeAlphas[index]
      return alpha.isFinite && alpha < 1 && (alpha > 0 || rescales)
    }
    guard isUsable else {
      throw .unsupported(
        key: "beta_start ... beta_end",
        value: "\(configuration.betaStart) ... \(configuration.betaEnd)")
    }
  }

  /// The sampler the model folder names; nil if that is not built in.
  package var defaultSampler: SamplerKind? { configuration.defaultSampler }

  /// Makes a sampler, whatever scheduler the folder names.
  ///
  /// - Parameters:
  ///   - kind: the folder's own by default.
  ///   - steps: 1 ... the training timesteps.
  ///   - strength: in (0, 1]: the share of the steps that is done, the noisier ones left out.
  package func sampler(
    _ kind: SamplerKind? = nil, steps: Int, strength: Double = 1
  ) throws(DiffusionError) -> any Sampler {
    guard let kind = kind ?? defaultSampler else {
      throw .unsupported(
        key: "_class_name", value: "\"\(configuration.schedulerClass ?? "")\"")
    }
    let range = try StepRange(
      steps: steps, strength: strength, timesteps: configuration.trainingTimesteps)
    switch kind {
    case .ddim: return try DDIMSampler(self, range)
    case .ddpm: return try DDPMSampler(self, range)
    case .euler: return try EulerSampler(self, range)
    case .eulerAncestral: return try EulerAncestralSampler(self, range)
    case .heun: return try HeunSampler(self, range)
    case .dpmSolverMultistep: return try DPMSolverSampler(self, range)
    case .uniPC: return try UniPCSampler(self, range)
    case .pndm: return try PNDMSampler(self, range)
    case .lcm: return try LCMSampler(self, range)
    case .tcd: return try TCDSampler(self, range)
    }
  }
}

/// How many steps are asked for and with which one to begin.
struct StepRange {
  let steps: Int
  let first: Int

  /// Steps to do are `min(int(steps * strength), steps)`, as in the reference.
  init(steps: Int, strength: Double, timesteps: Int) throws(DiffusionError) {
    guard (1...timesteps).contains(steps) else {
      throw .steps(steps, reason: "ask for 1 to \(timesteps)")
    }
    guard strength > 0, strength <= 1 else {
      throw .strength(strength, reason: "it lies above 0 and is at most 1")
    }
    let done = min(Int(Double(steps) * strength), steps)
    guard done > 0 else {
      throw .strength(strength, reason: "of \(steps) steps it leaves none; raise one of them")
    }
    self.steps = steps
    first = steps - done
  }

  /// Checks a list of timesteps against the schedule and the first step.
  func check(_ timesteps: [Double], below limit: Int) throws(DiffusionError) -> [Double] {
    if let beyond = timesteps.first(where: { $0 > Double(limit - 1) }) {
      throw .steps(
        steps, reason: "timestep \(Int(beyond)) lies beyond the training's; ask for fewer")
    }
    guard first < timesteps.count else {
      throw .steps(steps, reason: "only \(timesteps.count) are left by the schedule's clipping")
    }
    return timesteps
  }
}
