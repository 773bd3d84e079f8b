import Diffusion
import Foundation
import Testing

@Suite struct `A scheduler configuration` {
  private func read(_ text: String) throws -> SchedulerConfiguration {
    try SchedulerConfiguration(json: Array(text.utf8))
  }

  @Test func `of Stable Diffusion 1.5 is read`() throws {
    let configuration = try read(
      """
      {"_class_name": "PNDMScheduler", "_diffusers_version": "0.6.0", "beta_end": 0.012,
       "beta_schedule": "scaled_linear", "beta_start": 0.00085, "clip_sample": false,
       "num_train_timesteps": 1000, "set_alpha_to_one": false, "skip_prk_steps": true,
       "steps_offset": 1, "trained_betas": null}
      """)
    #expect(configuration.defaultSampler == .pndm)
    #expect(configuration.betaSchedule == .scaledLinear)
    #expect(configuration.betaEnd == 0.012)
    #expect(configuration.stepsOffset == 1)
    #expect(configuration.skipsRungeKuttaSteps)
    #expect(configuration.clipsSample == false)
    #expect(configuration.timestepSpacing == nil, "every sampler has its own default")
  }

  @Test func `may hold Python's infinity and the keys the author left alone`() throws {
    let configuration = try read(
      """
      {"lambda_min_clipped": -Infinity, "_class_name": "a \\"-Infinity\\" b",
       "timestep_spacing": "trailing", "_use_default_values": ["timestep_spacing"]}
      """)
    #expect(configuration.lambdaMinimum == -.infinity)
    #expect(configuration.schedulerClass == "a \"-Infinity\" b")
    #expect(configuration.timestepSpacing == nil)
    #expect(configuration.defaultSampler == nil)
  }

  @Test(arguments: [
    ("beta_schedule", #""cubic""#), ("prediction_type", #""flow_prediction""#),
    ("timestep_spacing", #""random""#), ("thresholding", "true"), ("trained_betas", "[0.1]"),
    ("algorithm_type", #""sde-dpmsolver++""#), ("solver_order", "4"), ("solver_type", #""bh3""#),
    ("use_exponential_sigmas", "true"), ("use_beta_sigmas", "true"), ("use_lu_lambdas", "true"),
    ("use_flow_sigmas", "true"), ("final_sigmas_type", #""none""#), ("sigma_max", "14"),
    ("timestep_type", #""continuous""#), ("interpolation_type", #""log_linear""#),
    ("variance_type", #""learned""#), ("predict_x0", "false"), ("solver_p", "{}"),
    ("disable_corrector", "[1, -1]"), ("disable_corrector", "null"), ("shift_terminal", "0.1"),
    ("original_inference_steps", "0"), ("timestep_scaling", "-1"), ("num_train_timesteps", "0"),
    ("num_train_timesteps", "1e99"),
    ("num_train_timesteps", "10.5"), ("steps_offset", "-1"), ("beta_end", "1.5"),
    ("beta_start", "null"), ("clip_sample", "1"), ("skip_prk_steps", "{}"),
  ])
  func `with a value that is not followed is refused by name`(key: String, value: String) {
    #expect {
      try read("{\"\(key)\": \(value)}")
    } throws: { error in
      guard case .unsupported(key, _) = error as? DiffusionError else { return false }
      return "\(error)".contains(key)
    }
  }

  @Test func `with an unknown key is refused by name`() {
    #expect(throws: DiffusionError.unknownKey("shift")) { try read(#"{"shift": 3}"#) }
  }

  @Test(arguments: [
    "", "[]", "3", "{\"a\": }", "{\"a\": Infinity", "\u{0}", #"{"_use_default_values": 3}"#,
  ])
  func `that is no object is malformed`(text: String) {
    #expect {
      try read(text)
    } throws: { error in
      guard case .malformed = error as? DiffusionError else { return false }
      return true
    }
  }

  @Test func `of every scheduler names its sampler`() throws {
    for kind in SamplerKind.allCases {
      let configuration = try read("{\"_class_name\": \"\(kind.schedulerClass)\"}")
      #expect(configuration.defaultSampler == kind)
    }
  }

  @Test func `of distilled models and of UniPC is read`() throws {
    let distilled = try read(#"{"original_inference_steps": 25, "timestep_scaling": 8.0}"#)
    #expect(distilled.originalSteps == 25)
    #expect(distilled.timestepScaling == 8)
    let solver = try read(
      #"{"solver_type": "bh1", "solver_order": 3, "disable_corrector": [0, 2.0]}"#)
    #expect(solver.solverType == .b1)
    #expect(solver.solverOrder == 3)
    #expect(solver.uncorrectedSteps == [0, 2])
  }

  @Test func `is changed as pipelines change it`() {
    let configuration = SchedulerConfiguration().asInPipelines
    #expect(configuration.stepsOffset == 1)
    #expect(configuration.skipsRungeKuttaSteps)
  }
}

@Suite struct `What is not possible` {
  private func schedule(
    _ change: (inout SchedulerConfiguration) -> Void = { _ in }
  ) throws -> NoiseSchedule {
    var configuration = SchedulerConfiguration()
    configuration.predictionType = .velocity
    configuration.skipsRungeKuttaSteps = true
    change(&configuration)
    return try NoiseSchedule(configuration: configuration)
  }

  @Test func `noise prediction where only noise is left`() {
    #expect(throws: DiffusionError.self) {
      try schedule {
        $0.rescalesBetasToZeroSNR = true
        $0.predictionType = .epsilon
      }
    }
  }

  @Test func `PNDM for what it cannot follow`() throws {
    for change: (inout SchedulerConfiguration) -> Void in [
      { $0.predictionType = .sample }, { $0.rescalesBetasToZeroSNR = true },
      { $0.skipsRungeKuttaSteps = false },
    ] {
      #expect {
        try schedule(change).sampler(.pndm, steps: 8)
      } throws: { error in
        guard case .notPossible(.pndm, _) = error as? DiffusionError else { return false }
        return true
      }
    }
  }

  @Test func `samplers that cannot follow a configuration`() throws {
    for (kind, change): (SamplerKind, (inout SchedulerConfiguration) -> Void) in [
      (.eulerAncestral, { $0.predictionType = .sample }),
      (.heun, { $0.rescalesBetasToZeroSNR = true }),
      (.dpmSolverMultistep, { $0.solverOrder = 3 }),
      (.uniPC, { ($0.usesKarrasSigmas, $0.finalSigma) = (true, .minimum) }),
      (.lcm, { $0.originalSteps = 1001 }), (.tcd, { $0.originalSteps = 1001 }),
    ] {
      #expect {
        try schedule(change).sampler(kind, steps: 8)
      } throws: { error in
        guard case .notPossible(kind, let reason) = error as? DiffusionError else { return false }
        return !reason.isEmpty
      }
    }
  }

  @Test(arguments: [SamplerKind.lcm, .tcd])
  func `more steps than a model was distilled for`(kind: SamplerKind) throws {
    let schedule = try schedule { $0.originalSteps = 20 }
    #expect(try schedule.sampler(kind, steps: 20).count == 20)
    #expect {
      try schedule.sampler(kind, steps: 21)
    } throws: { error in
      guard case .steps(21, let reason) = error as? DiffusionError else { return false }
      return reason.contains("20")
    }
  }

  @Test func `a last step of UniPC that leads to itself`() throws {
    #expect(throws: DiffusionError.self) {
      try schedule {
        ($0.finalSigma, $0.timestepSpacing) = (.minimum, .trailing)
      }.sampler(.uniPC, steps: 1000)
    }
  }

  @Test(arguments: [SolverType.b1, .b2], 1...3)
  func `no number from UniPC where no noise is left`(rule: SolverType, order: Int) throws {
    let sampler = try schedule {
      ($0.solverType, $0.solverOrder, $0.usesLowerOrderAtEnd) = (rule, order, false)
    }.sampler(.uniPC, steps: 8)
    var denoising = Denoising(sampler: sampler, latent: .init(latent: [0.5, -1, 2]))
    var last: Denoising.Step?
    while let step = try denoising.next() { last = step }
    let step = try #require(last)
    #expect(step.latent.values == step.predictedOriginal.values)
  }

  @Test(arguments: SamplerKind.allCases, [Int.min, -1, 0, 1001, Int.max])
  func `a number of steps outside the training's`(kind: SamplerKind, steps: Int) {
    #expect(throws: DiffusionError.self) { try schedule().sampler(kind, steps: steps) }
  }

  @Test(arguments: [0, -1, 1.5, .nan, .infinity, 0.1])
  func `a strength that leaves nothing or too much`(strength: Double) {
    #expect(throws: DiffusionError.self) {
      try schedule().sampler(.ddim, steps: 8, strength: strength)
    }
  }

  @Test func `a sampler that nobody named`() {
    #expect(throws: DiffusionError.self) { try schedule().sampler(steps: 8) }
  }

  @Test func `betas that end the signal too early`() {
    #expect(throws: DiffusionError.self) {
      try schedule {
        $0.betaEnd = 0.999
        $0.betaStart = 0.999
      }
    }
    #expect(throws: DiffusionError.self) { try schedule { ($0.betaStart, $0.betaEnd) = (0, 0) } }
  }

  /// Every sampler for every number of steps gives finite weights or a typed error, never a trap.
  @Test(arguments: TimestepSpacing.allCases)
  func `nothing else`(spacing: TimestepSpacing) throws {
    for (zero, karras, offset) in [(false, false, 1), (true, false, 0), (false, true, 5)] {
      let schedule = try schedule {
        $0.timestepSpacing = spacing
        $0.rescalesBetasToZeroSNR = zero
        $0.usesKarrasSigmas = karras
        $0.stepsOffset = offset
        $0.trainingTimesteps = 60
      }
      for kind in SamplerKind.allCases where ![.pndm, .heun].contains(kind) || !zero {
        var possible = 0
        for steps in 1...60 {
          guard let sampler = try? schedule.sampler(kind, steps: steps) else { continue }
          possible += 1
          var denoising = Denoising(sampler: sampler, latent: .init(latent: [0.5, -1, 2]))
          while try denoising.next() != nil {}
          let isFinite = denoising.latent.values.allSatisfy { $0.isFinite }
          #expect(isFinite, "\(kind) \(spacing) \(steps)")
        }
        #expect(possible >= 49, "\(kind) \(spacing)")
      }
    }
  }
}
