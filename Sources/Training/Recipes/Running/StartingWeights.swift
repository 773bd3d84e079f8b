import Checkpoints
import Tensors

/// The weights that a run begins with.
enum StartingWeights {
  /// Random ones, and in their place those of a judge that was trained before.
  ///
  /// What the judge's folder does not hold, such as a head that only training needs, stays random.
  /// - Parameter folder: the judge's; random weights alone where it is empty.
  /// - Throws: `RecipeError.invalidSetting` for weights that the recipe's network does not have.
  static func of(_ recipe: any Recipe, from folder: String) throws -> [String: Tensor] {
    var weights = try recipe.initialWeights()
    guard !folder.isEmpty else { return weights }
    let trained = try WeightStore(folder: folder)
    for (name, shape) in trained.shapes.sorted(by: { $0.key < $1.key }) {
      guard let random = weights[name], random.shape == Shape(shape) else {
        throw RecipeError.invalidSetting(
          name: "network.start",
          reason: "\(folder) has \(name) in the shape \(shape), which this network has not; "
            + "give the sizes of that judge under network")
      }
    }
    var rest = trained
    weights.merge(try rest.takeAll()) { _, trained in trained }
    return weights
  }
}
