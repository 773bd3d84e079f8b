package import Checkpoints
import Tensors

/// What can go wrong while parameters are moved or a run's state is kept.
package enum OptimizerError: Error, Equatable {
  /// Parameters with other names or shapes than the optimizer or the average was made for.
  case otherParameters
  /// Gradients that do not fit the parameters in number or shape.
  case otherGradients
  /// A loss or a gradient that is no finite number: nothing was moved.
  case notFinite(step: Int, loss: Float, gradientNorm: Float)
  /// A state's file cannot be written, or is no safetensors file.
  case checkpoint(CheckpointError)
  /// A file that is no training state, or no whole one.
  case damagedState(path: String, reason: String)

  static func check(
    _ gradients: [Tensor], against parameters: Parameters
  ) throws(OptimizerError) {
    guard gradients.map(\.shape) == parameters.tensors.map(\.shape) else {
      throw .otherGradients
    }
  }
}

extension OptimizerError: CustomStringConvertible {
  /// The fault and its remedy in one sentence.
  package var description: String {
    switch self {
    case .otherParameters:
      "The parameters have other names or shapes than before: go on with the network of the state."
    case .otherGradients:
      "The gradients do not fit the parameters: take them with respect to all, in their order."
    case .notFinite(let step, let loss, let norm):
      "Step \(step) gave the loss \(loss) and gradients of norm \(norm): go back to the last state "
        + "and lower the learning rate."
    case .checkpoint(let error): error.description
    case .damagedState(let path, let reason):
      "\(path) is no whole training state: \(reason); go back to an older one."
    }
  }
}
