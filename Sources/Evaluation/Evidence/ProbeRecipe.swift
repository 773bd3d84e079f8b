package import Checkpoints
import Datasets
import Foundation
import Imaging
import Models
package import Recipes
import Statistics
package import Tensors

/// Trains the probe that judges' choices are measured by: which noun of the editor's vocabulary a hole
/// shows, or none.
///
/// It shares neither architecture nor seeds nor weights with the judges, and no training recipe of
/// theirs loads it.
package struct ProbeRecipe: Recipe {
  package var name: String { "probe" }
  private let configuration: ConvolutionalClassifierConfiguration
  private let data: ProbeData
  private let seed: UInt64

  /// - Parameters:
  ///   - training: edits with an object that the classes name.
  ///   - heldOut: others, of scenes that training does not have.
  package init(
    _ classes: ProbeClasses, training: any CandidateSubjects, heldOut: any CandidateSubjects,
    seed: UInt64
  ) {
    configuration = ConvolutionalClassifierConfiguration(classes: classes.count)
    data = ProbeData(
      ProbeView(side: configuration.side), classes, training: training, heldOut: heldOut,
      seed: seed)
    self.seed = seed
  }

  package func initialWeights() throws -> [String: Tensor] {
    configuration.initialWeights(seed: seed)
  }

  package func loss(_ weights: WeightStore, samples: Range<Int>) throws -> RecipeLoss {
    let samples = try inParallel(samples) { try data.trainingSample($0) }
    let network = try ConvolutionalClassifier(configuration: configuration, weights: weights)
    let logits = try network(Probe.pixels(samples.map(\.view)))
    let classes = configuration.classes
    var wanted = [Float](repeating: 0, count: samples.count * classes)
    for (row, sample) in samples.enumerated() { wanted[row * classes + sample.label] = 1 }
    let surprise = (logits.logSoftmax() * Tensor(wanted, shape: logits.shape)).sum()
    let verdicts = Probe.largest(logits)
    let right = zip(verdicts, samples).count { $0 == $1.label }
    return RecipeLoss(
      loss: surprise * (-1 / Float(samples.count)),
      accuracy: Double(right) / Double(samples.count))
  }

  package func evaluate(_ weights: WeightStore, samples: Int) throws -> HeldOutTable {
    let network = try ConvolutionalClassifier(configuration: configuration, weights: weights)
    var (objects, nothing) = (ClusteredMean(), ClusteredMean())
    for start in stride(from: 0, to: samples, by: 64) {
      let part = try inParallel(start..<min(samples, start + 64)) { try data.heldOutSample($0) }
      let verdicts = Probe.largest(try network(Probe.pixels(part.map(\.view))))
      for (sample, verdict) in zip(part, verdicts) {
        let right = verdict == sample.label ? 1.0 : 0
        if sample.label == data.classes.none {
          nothing.add(right, cluster: sample.cluster)
        } else {
          objects.add(right, cluster: sample.cluster)
        }
      }
    }
    let rows = [("noun of a real composite", objects), ("empty or shuffled hole", nothing)]
    return HeldOutTable(
      rows.compactMap { name, mean in
        mean.estimate(seed: 1).map { .init(name, measure: "accuracy", $0) }
      })
  }

  package func write(_ weights: [String: Tensor], to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try SafetensorsWriter.write(weights, to: "\(folder)/\(Probe.weightsFile)", as: .f16)
    try Probe.Settings(network: configuration, classes: data.classes).write(to: folder)
  }
}
