package import Datasets
import Editing
import Foundation

extension JudgeSources {
  /// What the settings name: the procedural world with sprites and photographs, and candidates.
  ///
  /// A coherence judge that is given none has the editor draw some first.
  /// - Parameters:
  ///   - editor: a diffusers folder.
  ///   - folder: the run's, which keeps candidates that are drawn here.
  ///   - report: told what takes its time.
  package init(
    for recipe: JudgeRecipe, _ configuration: RecipeConfiguration, editor: String,
    in folder: RunFolder, report: (String) -> Void
  ) throws {
    let data = configuration.data
    let world = try World(recipe, configuration)
    var folders = data.candidates
    if folders.isEmpty, recipe == .coherence {
      let drawn = "\(folder.path)/candidates"
      try Self.draw(data.candidatesDrawn, editor, world, to: drawn, report: report)
      folders = [drawn]
    }
    try self.init(
      training: try world.examples(.training), heldOut: try world.examples(.test),
      folders: folders, words: world.words)
  }

  /// Goes on where an earlier call was stopped.
  private static func draw(
    _ count: Int, _ editor: String, _ world: World, to path: String, report: (String) -> Void
  ) throws {
    let model = try EditorModel(folder: editor, name: "editor")
    let plan = try CandidatePlan(
      perPrompt: 2, steps: [model.defaultSteps, 4, 20],
      guidanceScales: [model.defaultGuidanceScale, 1], samplers: [.ddim], seed: 1,
      model: model.hash, data: "the recipe's own")
    var candidates = try CandidateFolder(path: path, plan: plan)
    guard candidates.records.count < count else { return }
    let subjects = ExampleSubjects(try world.examples(.anything))
    try CandidateMaker(model: model, subjects: subjects, plan: plan).make(
      count, in: &candidates
    ) { done, _ in
      if done % 80 == 0 || done == count { report("\(done) of \(count) edits drawn") }
    }
  }
}

extension DatasetSplit {
  /// Of candidates: what is held out is told from their clusters.
  fileprivate static let anything = DatasetSplit(
    name: "candidates", stream: 4, combinations: .any, photographs: .any)
}

/// The procedural world with what a run's settings add to it.
private struct World {
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
