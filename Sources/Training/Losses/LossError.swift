package import Models
package import Tensors

/// Why a loss cannot be computed.
package enum LossError: Error, Equatable {
  /// A part of the batch does not fit the others.
  case shape(_ part: String, Shape)
  case timesteps([Int], below: Int)
  /// Pixel weights that add up to nothing.
  case weights(total: Float)
  case model(ModelError)
}

extension LossError: CustomStringConvertible {
  /// The fault in one sentence.
  package var description: String {
    switch self {
    case .shape(let part, let shape): "The \(part) of the batch have the shape \(shape)."
    case .timesteps(let timesteps, let limit):
      "The timesteps are \(timesteps): each sample needs one of 0 ..< \(limit)."
    case .weights(let total): "The pixel weights add up to \(total): at least one must be positive."
    case .model(let error): error.description
    }
  }
}
