/// `scheduler_config.json` of a model folder: how its noise was scheduled and how to sample it.
///
/// One configuration serves every sampler, as with diffusers' `from_config`: what is optional here
/// is a key that the file leaves to the default of the sampler that reads it.
package struct SchedulerConfiguration: Sendable, Equatable {
  /// The scheduler the folder was saved with, such as `DDIMScheduler`.
  package var schedulerClass: String?

  // MARK: The noise the model was trained with

  package var trainingTimesteps = 1000
  package var betaStart = 0.0001
  package var betaEnd = 0.02
  package var betaSchedule = BetaSchedule.linear
  /// Whether the last timestep is nothing but noise (Lin and others 2023, section 3.1).
  package var rescalesBetasToZeroSNR = false
  package var predictionType = PredictionType.epsilon

  // MARK: Sampling

  package var timestepSpacing: TimestepSpacing?
  /// Added to the timesteps of the spacing `leading`.
  package var stepsOffset = 0
  /// DDIM, PNDM: whether the step after the last has no noise left, or that of timestep 0.
  package var setsAlphaToOne: Bool?
  /// DDIM, DDPM, Heun, LCM: whether predicted originals are clipped.
  package var clipsSample: Bool?
  package var clipSampleRange = 1.0
  /// PNDM: whether the Runge-Kutta steps at the start are left out.
  package var skipsRungeKuttaSteps = false

  /// DDPM: how much noise a step adds.
  package var variance = StepVariance.fixedSmall

  // MARK: Distilled models (LCM, TCD)

  /// Steps of the distillation, of which those asked for are a part.
  package var originalSteps = 50
  /// LCM: what timesteps are multiplied with in the model's boundary condition.
  package var timestepScaling = 10.0
  /// TCD's gamma, the share (0 to 1) of each jump that is undone by noise.
  ///
  /// No key of the file: the reference takes it with each call, and this is what it takes by itself.
  package var stochasticity = 0.3

  // MARK: Samplers over sigma

  package var usesKarrasSigmas = false
  package var finalSigma = FinalSigma.zero

  // MARK: DPM-Solver++ and UniPC

  package var solverOrder = 2
  package var solverType = SolverType.midpoint
  /// Whether the last step of fewer than 15 is of first order (UniPC: the last steps of any number
  /// of lower order).
  package var usesLowerOrderAtEnd = true
  package var usesEulerAtEnd = false
  /// Timesteps whose logarithmic signal-to-noise ratio is lower are left out.
  package var lambdaMinimum = -Double.infinity
  /// UniPC: steps after which the sample is not corrected.
  package var uncorrectedSteps: Set<Int> = []

  package init() {}

  /// The sampler the folder names; nil if that is not built in.
  package var defaultSampler: SamplerKind? {
    schedulerClass.flatMap(SamplerKind.init(schedulerClass:))
  }

  /// The configuration as diffusers' Stable Diffusion pipelines change it on loading: an offset of
  /// one step, and PNDM without its Runge-Kutta steps.
  package var asInPipelines: SchedulerConfiguration {
    var configuration = self
    configuration.stepsOffset = 1
    configuration.skipsRungeKuttaSteps = true
    return configuration
  }
}

/// How the noise grows over the training timesteps.
package enum BetaSchedule: String, Sendable, CaseIterable {
  case linear
  /// Linear in the square root of beta.
  case scaledLinear = "scaled_linear"
  /// Squared cosine (Nichol and Dhariwal 2021, section 3.2), beta at most 0.999.
  case squaredCosine = "squaredcos_cap_v2"
}

/// What the model's output is.
package enum PredictionType: String, Sendable, CaseIterable {
  /// The noise.
  case epsilon
  /// The velocity sqrt(a) noise - sqrt(1 - a) original (Salimans and Ho 2022, appendix D).
  case velocity = "v_prediction"
  /// The original itself.
  case sample
}

/// Which of the training timesteps are sampled (Lin and others 2023, table 2).
package enum TimestepSpacing: String, Sendable, CaseIterable {
  case leading
  case trailing
  case linspace
}

/// The noise level after the last step.
package enum FinalSigma: String, Sendable, CaseIterable {
  case zero
  /// That of timestep 0.
  case minimum = "sigma_min"
}

/// The rule of a solver's higher orders; each reads another's as its own default.
package enum SolverType: String, Sendable, CaseIterable {
  // DPM-Solver++; the last is one it never had with this algorithm.
  case midpoint
  case heun
  case logrho
  // UniPC: B(h) = h and B(h) = e^h - 1.
  case b1 = "bh1"
  case b2 = "bh2"
}

/// The noise that a step of DDPM adds (Ho and others 2020, section 3.2).
package enum StepVariance: String, Sendable, CaseIterable {
  /// The posterior's for an original that is known.
  case fixedSmall = "fixed_small"
  /// The same, said by its logarithm.
  case fixedSmallLog = "fixed_small_log"
  /// Beta itself.
  case fixedLarge = "fixed_large"
}
