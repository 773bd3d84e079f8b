/// How a run walks down: the settings that all recipes share.
package struct RunSettings: Codable, Sendable, Equatable {
  /// Updates of the whole run; the learning rate reaches zero at the last.
  package var steps = 12_000
  /// Samples of an update.
  package var batch = 32
  /// Samples whose gradients are computed at once; smaller needs less memory and gives the same
  /// update.
  package var microBatch = 32
  /// The highest learning rate, after `warmup` updates.
  package var learningRate = 5e-4
  package var warmup = 200
  package var weightDecay = 0.05
  /// Decay of the running mean of squared gradients.
  package var secondDecay = 0.98
  /// The norm that gradients are clipped to.
  package var maximumNorm = 1.0
  /// Decay of the average of the weights, which becomes the judge.
  package var averageDecay = 0.998
  /// Decides weights and data.
  package var seed = 1
  /// Updates between lines of the log, looks at held-out data and savings of the state.
  package var logEvery = 20
  package var evaluateEvery = 500
  package var saveEvery = 250
  /// Held-out samples that a look during the run takes, and those of the table at its end.
  package var heldOut = 128
  package var heldOutAtEnd = 600

  package init() {}

  func check() throws(RecipeError) {
    let counts = [
      ("steps", steps), ("batch", batch), ("microBatch", microBatch), ("logEvery", logEvery),
      ("evaluateEvery", evaluateEvery), ("saveEvery", saveEvery), ("heldOut", heldOut),
      ("heldOutAtEnd", heldOutAtEnd),
    ]
    for (name, count) in counts where count < 1 {
      throw .invalidSetting(name: "run.\(name)", reason: "is \(count), but must be at least 1")
    }
    guard warmup >= 0 else {
      throw .invalidSetting(name: "run.warmup", reason: "must not be negative")
    }
    guard seed >= 0 else { throw .invalidSetting(name: "run.seed", reason: "must not be negative") }
    for (name, value) in [("learningRate", learningRate), ("maximumNorm", maximumNorm)]
    where !(value > 0 && value.isFinite) {
      throw .invalidSetting(name: "run.\(name)", reason: "is \(value), but must be above 0")
    }
    for (name, value) in [("averageDecay", averageDecay), ("secondDecay", secondDecay)]
    where !(0..<1).contains(value) {
      throw .invalidSetting(
        name: "run.\(name)", reason: "is \(value), but must be 0 or more and below 1")
    }
    guard weightDecay >= 0, weightDecay.isFinite else {
      throw .invalidSetting(
        name: "run.weightDecay", reason: "is \(weightDecay), but must be 0 or more")
    }
  }

  /// The parts of an update that are computed one after the other, within 0 ..< `batch`.
  var microBatches: [Range<Int>] {
    stride(from: 0, to: batch, by: microBatch).map { $0..<min(batch, $0 + microBatch) }
  }
}
