import Checkpoints
import Foundation
import Recipes
import Statistics
import Tensors

/// A line through points that follow from their numbers: a recipe small enough to run to its end.
struct ToyRecipe: Recipe {
  let name = "toy"

  func initialWeights() -> [String: Tensor] {
    ["line.weight": Tensor([0.5, -0.25], shape: [2, 1]), "line.bias": Tensor([0], shape: [1])]
  }

  func loss(_ weights: WeightStore, samples: Range<Int>) throws -> RecipeLoss {
    var weights = weights
    let slope = try weights.take("line.weight", shape: [2, 1])
    let offset = try weights.take("line.bias", shape: [1])
    let points = samples.flatMap { [sin(Float($0)), cos(Float(3 * $0))] }
    let wanted = samples.map { 2 * sin(Float($0)) - cos(Float(3 * $0)) + 0.5 }
    let given = Tensor(points, shape: [samples.count, 2]).matrixProduct(slope) + offset
    let errors = given - Tensor(wanted, shape: [samples.count, 1])
    return RecipeLoss(loss: errors.squared().mean(), accuracy: 0.5)
  }

  func evaluate(_ weights: WeightStore, samples: Int) throws -> HeldOutTable {
    let loss = try loss(weights, samples: 1_000_000..<1_000_000 + samples).loss.values[0]
    return HeldOutTable([
      .init(
        "error", measure: "square",
        Estimate(value: Double(loss), interval: 0...1, count: samples, clusters: samples))
    ])
  }

  func write(_ weights: [String: Tensor], to folder: String) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try SafetensorsWriter.write(weights, to: "\(folder)/model.safetensors")
  }
}
