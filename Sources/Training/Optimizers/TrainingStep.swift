package import Checkpoints
package import Tensors

/// One step of training: loss, gradients, clipping, update, average.
package struct TrainingStep: Sendable {
  /// What a step has to say.
  package struct Report: Sendable, Equatable {
    /// The mean over all micro-batches, before the update.
    package let loss: Float
    /// Before clipping.
    package let gradientNorm: Float
    package let learningRate: Double
  }

  /// The highest learning rate.
  package var learningRate: Double
  package var schedule: LearningRateSchedule
  /// The norm that gradients are clipped to, if any.
  package var maximumNorm: Double?

  package init(
    learningRate: Double, schedule: LearningRateSchedule = .constant, maximumNorm: Double? = nil
  ) {
    self.learningRate = learningRate
    self.schedule = schedule
    self.maximumNorm = maximumNorm
  }

  /// Moves a state by one step; throws before anything is moved.
  /// - Parameters:
  ///   - shares: of each micro-batch in the samples of the step; they add up to 1.
  ///   - loss: the mean loss of a micro-batch for a network that is to be built of these weights.
  package func callAsFunction(
    _ state: inout TrainingState, shares: [Float] = [1],
    loss: (_ weights: WeightStore, _ microBatch: Int) throws -> Tensor
  ) throws -> Report {
    let (total, gradients) = try gradients(state.parameters, shares, loss)
    let norm = GradientNorm(gradients)
    guard total.isFinite, norm.value.isFinite else {
      throw OptimizerError.notFinite(step: state.step, loss: total, gradientNorm: norm.value)
    }
    let rate = learningRate * schedule.factor(at: state.step)
    try state.optimizer.update(
      &state.parameters, gradients: gradients, learningRate: rate,
      gradientScale: maximumNorm.map(norm.clipping) ?? 1)
    try state.average?.update(with: state.parameters)
    return Report(loss: total, gradientNorm: norm.value, learningRate: rate)
  }

  private func gradients(
    _ parameters: Parameters, _ shares: [Float],
    _ loss: (WeightStore, Int) throws -> Tensor
  ) throws -> (loss: Float, gradients: [Tensor]) {
    let watched = parameters.watched()
    var accumulator = GradientAccumulator()
    var total: Float = 0
    for (index, share) in shares.enumerated() {
      let value = try loss(watched.weights, index)
      try accumulator.add(
        try value.gradients(withRespectTo: watched.tensors), share: share)
      total += share * value.values[0]
    }
    return (total, accumulator.gradients)
  }
}
