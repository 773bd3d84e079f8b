import Datasets

/// The procedural world with what a run's settings add to it.
struct ExampleWorld {
  private let side: Int
  private let seed: UInt64
  private let sprites: SpritePack?
  private let photographs: PhotographFolder?
  private let tasks: [(task: EditTask, percent: Double)]

  init(_ recipe: JudgeRecipe, _ configuration: RecipeConfiguration) throws {
    let data = configuration.data
    side = configuration.network.imageSize
    seed = UInt64(configuration.run.seed)
    sprites = data.sprites.isEmpty ? nil : try SpritePack(folder: data.sprites)
    photographs = data.photographs.isEmpty ? nil : try PhotographFolder(folder: data.photographs)
    // Twins need an object in the hole.
    tasks = recipe == .alignment ? [(.object, 100)] : EditTask.shares
  }

  func examples(_ split: DatasetSplit) throws -> SceneGenerator {
    try SceneGenerator(
      side: side, seed: seed, split: split, sprites: sprites, photographs: photographs,
      tasks: tasks)
  }

  /// What sprites are called.
  var words: [String] { sprites?.sprites.flatMap { [$0.name] + $0.synonyms } ?? [] }
}
