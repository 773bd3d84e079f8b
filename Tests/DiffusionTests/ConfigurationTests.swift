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
    ("algorithm_type", #""sde-dpmsolver++""#), ("solver_order", "3"), ("solver_type", #""bh2""#),
    ("use_exponential_sigmas", "true"), ("use_beta_sigmas", "true"), ("use_lu_lambdas", "true"),
    ("use_flow_sigmas", "true"), ("final_sigmas_type", #""none""#), ("sigma_max", "14"),
    ("timestep_type", #""continuous""#), ("interpolation_type", #""log_linear""#),
    ("variance_type", #""learned""#), ("num_train_timesteps", "0"), ("num_train_timesteps", "1e99"),
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
      for kind in SamplerKind.allCases where kind != .pndm || !zero {
        var possible = 0
        for steps in 1...60 {
          guard let sampler = try? schedule.sampler(kind, steps: steps) else { continue }
          possible += 1
          var denoising = Denoising(
            sampler: sampler, latent: .init(latent: [0.5, -1, 2]), model: goldenModel)
          while try denoising.next() != nil {}
          let isFinite = denoising.latent.values.allSatisfy { $0.isFinite }
          #expect(isFinite, "\(kind) \(spacing) \(steps)")
        }
        #expect(possible >= 50, "\(kind) \(spacing)")
      }
    }
  }
}
