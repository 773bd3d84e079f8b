import FoundationEssentials

extension SchedulerConfiguration {
  /// Reads `scheduler_config.json`. Every key is used, must have its neutral value or is known to
  /// bear on nothing here; any other key or value is refused by name.
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
    let values = try ConfigurationFile.values(json)
    for (key, value) in values.sorted(by: { $0.key < $1.key }) {
      if Self.ignored.contains(key) { continue }
      if let neutral = Self.neutral[key] {
        guard neutral.contains(value) else {
          throw .unsupported(key: key, value: value.description)
        }
        continue
      }
      try read(key, value)
    }
  }

  /// What says nothing about the numbers, or only together with a key that must be neutral.
  private static let ignored: Set<String> = [
    "_diffusers_version", "_name_or_path", "dynamic_thresholding_ratio",
    "sample_max_value", "flow_shift", "time_shift_type",
  ]

  /// What is not built in and must be switched off.
  private static let neutral: [String: [ConfigurationValue]] = [
    "trained_betas": [.null],
    "thresholding": [.bool(false)],
    "use_exponential_sigmas": [.bool(false), .null],
    "use_beta_sigmas": [.bool(false), .null],
    "use_lu_lambdas": [.bool(false), .null],
    "use_flow_sigmas": [.bool(false), .null],
    "use_dynamic_shifting": [.bool(false), .null],
    "interpolation_type": [.string("linear")],
    "timestep_type": [.string("discrete")],
    "sigma_min": [.null],
    "sigma_max": [.null],
    "algorithm_type": [.string("dpmsolver++")],
    "variance_type": [.null],
  ]

  private mutating func read(
    _ key: String, _ value: ConfigurationValue
  ) throws(DiffusionError) {
    let field = Field(key: key, value: value)
    switch key {
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

  private mutating func readSampling(_ field: Field) throws(DiffusionError) {
    switch field.key {
    case "set_alpha_to_one": setsAlphaToOne = try field.flag()
    case "clip_sample": clipsSample = try field.flag()
    case "clip_sample_range": clipSampleRange = try field.number(in: 0...1_000_000)
    case "skip_prk_steps": skipsRungeKuttaSteps = try field.flag()
    case "use_karras_sigmas": usesKarrasSigmas = try field.flag(orNull: false)
    case "final_sigmas_type": finalSigma = try field.choice()
    case "solver_order": solverOrder = try field.integer(in: 1...2)
    case "solver_type": solverType = try field.choice()
    case "lower_order_final": usesLowerOrderAtEnd = try field.flag()
    case "euler_at_final": usesEulerAtEnd = try field.flag()
    case "lambda_min_clipped": lambdaMinimum = try field.number(in: -.infinity...0)
    default: throw .unknownKey(field.key)
    }
  }
}

/// A key with its value, read as one type or refused by name.
private struct Field {
  let key: String
  let value: ConfigurationValue

  private var refusal: DiffusionError { .unsupported(key: key, value: value.description) }

  func string() throws(DiffusionError) -> String {
    guard case .string(let text) = value else { throw refusal }
    return text
  }

  func flag(orNull other: Bool? = nil) throws(DiffusionError) -> Bool {
    if case .bool(let flag) = value { return flag }
    guard value == .null, let other else { throw refusal }
    return other
  }

  func number(in range: ClosedRange<Double>) throws(DiffusionError) -> Double {
    var number = Double.nan
    if case .number(let value) = value { number = value }
    if value == .string("-Infinity") { number = -.infinity }
    guard range.contains(number) else { throw refusal }
    return number
  }

  func integer(in range: ClosedRange<Int>) throws(DiffusionError) -> Int {
    guard case .number(let number) = value, let integer = Int(exactly: number),
      range.contains(integer)
    else { throw refusal }
    return integer
  }

  func choice<Choice: RawRepresentable<String>>() throws(DiffusionError) -> Choice {
    guard case .string(let text) = value, let choice = Choice(rawValue: text) else {
      throw refusal
    }
    return choice
  }
}
