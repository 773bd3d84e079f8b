/// What can go wrong with tensors.
package enum TensorError: Error, Equatable, CustomStringConvertible {
  /// The tape reached an operation that has no gradient.
  case missingGradient(operation: String)
  /// A gradient was asked of something that is not a single watched value.
  case notDifferentiable(shape: String)
  /// A gradient was asked with respect to a tensor that was never watched.
  case notWatched(index: Int)
  /// A checkpointed block did something else when it ran a second time.
  case unrepeatableBlock

  package var description: String {
    switch self {
    case .missingGradient(let operation):
      "The operation \"\(operation)\" has no gradient: keep it off the tape or add its pullback."
    case .notDifferentiable(let shape):
      "Gradients start at one watched value, not at shape \(shape): reduce the loss to a mean."
    case .notWatched(let index):
      "Tensor \(index) is not watched: call watched() before computing with it."
    case .unrepeatableBlock:
      "A checkpointed block used other tensors when it ran again: draw random numbers outside it."
    }
  }
}
