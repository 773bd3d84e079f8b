import Checkpoints
import FoundationEssentials

extension SchedulerConfiguration {
  /// Reads the scheduler's configuration file.
  ///
  /// Every key is used, must have its neutral value or is known to bear on nothing here; any other
  /// key or value is refused by name.
  package init(contentsOf path: String) throws(DiffusionError) {
    let data: Data
    do {
      data = try Data(contentsOf: URL(filePath: path))
    } catch {
      throw .malformed(reason: "it cannot be read: \(error)")
    }
    try self.init(json: [UInt8](data))
  }

  /// Reads the text of a `scheduler_config.json`.
  package init(json: [UInt8]) throws(DiffusionError) {
    self.init()
    let members = try ConfigurationFile.members(json)
    for (key, value) in members.sorted(by: { $0.key < $1.key }) {
      if Self.ignored.contains(key) { continue }
      if let neutral = Self.neutral[key] {
        guard neutral.contains(value) else {
          throw .unsupported(key: key, value: value.summary)
        }
        continue
      }
      try read(ConfigurationField(key: key, value: value))
    }
  }

  /// What says nothing about the numbers, or only together with a key that must be neutral.
  private static let ignored: Set<String> = [
    "_diffusers_version", "_name_or_path", "dynamic_thresholding_ratio",
    "sample_max_value", "flow_shift", "time_shift_type",
  ]

  /// What is not built in and must be switched off.
  private static let neutral: [String: [JSONValue]] = [
    "trained_betas": [.null],
    "thresholding": [.bool(false)],
    "use_exponential_sigmas": [.bool(false), .null],
    "use_beta_sigmas": [.bool(false), .null],
    "use_lu_lambdas": [.bool(false), .null],
    "use_flow_sigmas": [.bool(false), .null],
    "use_dynamic_shifting": [.bool(false), .null],
    "shift_terminal": [.null],
    "interpolation_type": [.string("linear")],
    "timestep_type": [.string("discrete")],
    "sigma_min": [.null],
    "sigma_max": [.null],
    "algorithm_type": [.string("dpmsolver++")],
    "predict_x0": [.bool(true)],
    "solver_p": [.null],
  ]

  private mutating func read(_ field: ConfigurationField) throws(DiffusionError) {
    switch field.key {
    case "_class_name": schedulerClass = try field.string()
    case "num_train_timesteps": trainingTimesteps = try field.integer(in: 2...100_000)
    case "beta_start": betaStart = try field.number(in: 0...0.999)
    case "beta_end": betaEnd = try field.number(in: 0...0.999)
    case "beta_schedule": betaSchedule = try field.choice()
    case "rescale_betas_zero_snr": rescalesBetasToZeroSNR = try field.flag()
    case "prediction_type": predictionType = try field.choice()
    case "timestep_spacing": timestepSpacing = try field.choice()
    case "steps_offset": stepsOffset = try field.integer(in: 0...100_000)
    default: try readSampling(field)
    }
  }

  private mutating func readSampling(_ field: ConfigurationField) throws(DiffusionError) {
    switch field.key {
    case "set_alpha_to_one": setsAlphaToOne = try field.flag()
    case "clip_sample": clipsSample = try field.flag()
    case "clip_sample_range": clipSampleRange = try field.number(in: 0...1_000_000)
    case "skip_prk_steps": skipsRungeKuttaSteps = try field.flag()
    case "variance_type": variance = field.value == .null ? .fixedSmall : try field.choice()
    case "use_karras_sigmas": usesKarrasSigmas = try field.flag(orNull: false)
    case "final_sigmas_type": finalSigma = try field.choice()
    case "original_inference_steps": originalSteps = try field.integer(in: 1...100_000)
    case "timestep_scaling": timestepScaling = try field.number(in: 0...1_000_000)
    default: try readSolver(field)
    }
  }

  private mutating func readSolver(_ field: ConfigurationField) throws(DiffusionError) {
    switch field.key {
    case "solver_order": solverOrder = try field.integer(in: 1...3)
    case "solver_type": solverType = try field.choice()
    case "lower_order_final": usesLowerOrderAtEnd = try field.flag()
    case "euler_at_final": usesEulerAtEnd = try field.flag()
    case "lambda_min_clipped": lambdaMinimum = try field.number(in: -.infinity...0)
    case "disable_corrector":
      uncorrectedSteps = Set(try field.integers(in: 0...100_000))
    default: throw .unknownKey(field.key)
    }
  }
}
