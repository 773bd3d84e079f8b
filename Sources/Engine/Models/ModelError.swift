package import Checkpoints

/// Why a network cannot be built or used; configurations are refused by the key that is wrong.
package enum ModelError: Error, Equatable {
  /// A file is wrong.
  case checkpoint(CheckpointError)
  /// A key holds a value that this implementation does not know.
  case unsupportedValue(path: String, key: String, value: String, supported: String)
  /// A key that is not known may change what the network computes.
  case unknownKey(path: String, key: String)
  /// Two values, or two parts of a model, contradict each other.
  case inconsistent(path: String, key: String, reason: String)
  /// An adapter's file holds what cannot be applied to this model; `key` is a tensor's name, or one
  /// of the metadata.
  case unusableAdapter(path: String, key: String, reason: String)
  /// A network was given what it cannot take.
  case invalidInput(model: String, reason: String)
}

extension ModelError: CustomStringConvertible {
  /// The fault and its remedy in one sentence.
  package var description: String {
    switch self {
    case .checkpoint(let error): error.description
    case .unsupportedValue(let path, let key, let value, let supported):
      "\(path): \"\(key)\" is \(value); supported is \(supported)"
    case .unknownKey(let path, let key):
      "\(path): the key \"\(key)\" is unknown and may change what the network computes; "
        + "use a model of the Stable Diffusion 1.x or 2.x family"
    case .inconsistent(let path, let key, let reason):
      "\(path): \"\(key)\" \(reason); weights and configurations must come from one model"
    case .unusableAdapter(let path, let key, let reason): "\(path): \"\(key)\" \(reason)"
    case .invalidInput(let model, let reason): "\(model) was given \(reason)"
    }
  }
}
