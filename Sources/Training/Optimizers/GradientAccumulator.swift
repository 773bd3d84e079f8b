package import Tensors

/// Adds up the gradients of micro-batches, so that together they make one step.
package struct GradientAccumulator: Sendable {
  /// What has been added up, in the order of the parameters; empty before the first batch.
  package private(set) var gradients: [Tensor] = []

  package init() {}

  /// Adds a micro-batch whose loss is a mean; throws where shapes differ from the first ones.
  ///
  /// - Parameter share: its part of the samples, so that the sum is the gradient of the mean over
  ///   all of them.
  package mutating func add(_ batch: [Tensor], share: Float) throws(OptimizerError) {
    guard !gradients.isEmpty else {
      gradients = share == 1 ? batch : batch.map { $0 * share }
      return
    }
    guard gradients.map(\.shape) == batch.map(\.shape) else { throw .otherGradients }
    for index in batch.indices {
      gradients[index] = gradients[index].scaled(1, adding: batch[index], scaled: share)
    }
  }
}
