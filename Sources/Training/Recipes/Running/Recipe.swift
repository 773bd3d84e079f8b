package import Checkpoints
package import Tensors

/// What a run needs to know of a judge or a probe: its weights, its loss, and how it fares.
package protocol Recipe: Sendable {
  /// What the run is called in its curves.
  var name: String { get }

  /// Where training begins.
  func initialWeights() throws -> [String: Tensor]

  /// The mean loss of some samples of the endless stream; a pure function of weights and numbers,
  /// so that a run goes on with the same bits.
  func loss(_ weights: WeightStore, samples: Range<Int>) throws -> RecipeLoss

  /// How a judge of these weights fares on held-out samples.
  ///
  /// - Parameter samples: how many; the same ones every time.
  func evaluate(_ weights: WeightStore, samples: Int) throws -> HeldOutTable

  /// Writes the judge's folder.
  func write(_ weights: [String: Tensor], to folder: String) throws
}

/// What one batch has to say.
package struct RecipeLoss: Sendable {
  /// A single value on the tape.
  package var loss: Tensor
  /// The share of pairs or pixels that are judged rightly, 0...1.
  package var accuracy: Double

  package init(loss: Tensor, accuracy: Double) {
    self.loss = loss
    self.accuracy = accuracy
  }
}
