package import Tensors

/// Everything that a run has come to: saved and read back, it goes on with the same bits.
///
/// What the recipe fixes (settings, schedule, data) is not part of it.
package struct TrainingState: Sendable {
  package var parameters: Parameters
  package var optimizer: AdamW
  package var average: MovingAverage?
  /// Draws whatever the run draws.
  package var generator: TorchGenerator
  /// How far the run has read its data, in samples.
  package var position: Int

  package init(
    _ parameters: Parameters, settings: AdamW.Settings = AdamW.Settings(),
    averageDecay: Double? = 0.9995, seed: UInt64 = 0
  ) {
    self.parameters = parameters
    optimizer = AdamW(parameters, settings: settings)
    average = averageDecay.map { MovingAverage(parameters, decay: $0) }
    generator = TorchGenerator(seed: seed)
    position = 0
  }

  init(
    parameters: Parameters, optimizer: AdamW, average: MovingAverage?, generator: TorchGenerator,
    position: Int
  ) {
    self.parameters = parameters
    self.optimizer = optimizer
    self.average = average
    self.generator = generator
    self.position = position
  }

  /// Updates done so far.
  package var step: Int { optimizer.step }
}
