import Checkpoints
import Foundation
import Tensors

/// The weights that a run begins with.
enum StartingWeights {
  /// Random ones, and in their place those of a judge that was trained before, or of two in shares.
  ///
  /// What the judges' folders do not hold, such as a head that only training needs, stays random.
  /// - Parameter settings: `start`, `blend` and `blendShare`; random weights alone without a start.
  /// - Throws: `RecipeError.invalidSetting` for weights that the recipe's network does not have, and
  ///   for two judges that read other words.
  static func of(
    _ recipe: any Recipe, from settings: NetworkSettings
  ) throws -> [String: Tensor] {
    let random = try recipe.initialWeights()
    guard !settings.start.isEmpty else { return random }
    let trained = try weights(of: settings.start, like: random, setting: "start")
    guard !settings.blend.isEmpty else { return random.merging(trained) { $1 } }
    guard words(of: settings.start) == words(of: settings.blend) else {
      throw RecipeError.invalidSetting(
        name: "network.blend",
        reason: "\(settings.blend) has another vocab.txt than \(settings.start); the same number "
          + "would mean two words")
    }
    let other = try weights(of: settings.blend, like: random, setting: "blend")
    guard Set(trained.keys) == Set(other.keys) else {
      throw RecipeError.invalidSetting(
        name: "network.blend",
        reason: "\(settings.blend) does not hold the same weights as \(settings.start)")
    }
    let share = Float(settings.blendShare)
    let blended = trained.merging(other) { $0 * (1 - share) + $1 * share }
    return random.merging(blended) { $1 }
  }

  private static func weights(
    of folder: String, like random: [String: Tensor], setting: String
  ) throws -> [String: Tensor] {
    let trained = try WeightStore(folder: folder)
    for (name, shape) in trained.shapes.sorted(by: { $0.key < $1.key }) {
      guard let random = random[name], random.shape == Shape(shape) else {
        throw RecipeError.invalidSetting(
          name: "network.\(setting)",
          reason: "\(folder) has \(name) in the shape \(shape), which this network has not; "
            + "give the sizes of that judge under network")
      }
    }
    var rest = trained
    return try rest.takeAll()
  }

  /// Nothing for a judge that reads none.
  private static func words(of folder: String) -> Data? {
    FileManager.default.contents(atPath: folder + "/vocab.txt")
  }
}
