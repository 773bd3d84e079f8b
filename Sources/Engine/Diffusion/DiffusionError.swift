/// What can be wrong with a scheduler's configuration or with what is asked of it.
package enum DiffusionError: Error, Equatable {
  /// The configuration is not readable JSON.
  case malformed(reason: String)
  /// A key this build does not know; ignoring it might change the pictures.
  case unknownKey(String)
  /// A known key with a value that is not followed here.
  case unsupported(key: String, value: String)
  /// A setting of one sampler that it cannot follow.
  case notPossible(sampler: SamplerKind, reason: String)
  /// A number of steps that the schedule does not have.
  case steps(Int, reason: String)
  /// A strength outside of what leaves a step to do.
  case strength(Double, reason: String)
}

extension DiffusionError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .malformed(let reason):
      "scheduler_config.json is malformed: \(reason); copy the scheduler folder again"
    case .unknownKey(let key):
      "scheduler_config.json: the key \(key) is not known here; use one of the schedulers "
        + SamplerKind.allCases.map(\.schedulerClass).joined(separator: ", ")
    case .unsupported(let key, let value):
      "scheduler_config.json: \(key) = \(value) is not supported; change it or use another model"
    case .notPossible(let sampler, let reason):
      "the sampler \(sampler.rawValue) cannot be used here: \(reason); choose another sampler"
    case .steps(let steps, let reason):
      "\(steps) steps are not possible: \(reason)"
    case .strength(let strength, let reason):
      "a strength of \(strength) is not possible: \(reason)"
    }
  }
}
