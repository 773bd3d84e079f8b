import ArgumentParser
import Datasets
import Editing
import Foundation
import Recipes

/// Where a command takes its scenes from.
struct SceneOptions: ParsableArguments {
  @Option(
    help: "A folder of sprites with its manifest.json; procedural objects alone if not given.",
    completion: .directory)
  var sprites: String?

  @Option(help: "A folder of photographs, put behind objects.", completion: .directory)
  var photos: String?

  @Option(help: "Where scenes and noise begin.")
  var seed: UInt64 = 0

  func generator(
    side: Int, split: DatasetSplit,
    tasks: [(task: Datasets.EditTask, percent: Double)] = Datasets.EditTask.shares,
    photographShare: Double? = nil
  ) throws -> SceneGenerator {
    try SceneGenerator(
      side: side, seed: seed, split: split, sprites: try sprites.map { try SpritePack(folder: $0) },
      photographs: try photos.map { try PhotographFolder(folder: $0) }, tasks: tasks,
      photographShare: photographShare)
  }

  /// Edits that an editor can do; one with a vocabulary is asked for its own nouns alone.
  func subjects(
    for editor: EditorModel, split: DatasetSplit,
    tasks: [(task: Datasets.EditTask, percent: Double)]
  ) throws -> ExampleSubjects {
    let terms = editor.settings.vocabulary
    let nouns = Set(terms.flatMap { [$0.name] + $0.synonyms })
    let names = [sprites, photos].map { folder in
      folder.map { URL(fileURLWithPath: $0).lastPathComponent } ?? "none"
    }
    return ExampleSubjects(
      try generator(side: editor.resolution, split: split, tasks: tasks),
      vocabulary: terms.isEmpty
        ? nil : .init(nouns: nouns, background: editor.settings.backgroundPrompt),
      summary: "scenes of seed \(seed), sprites \(names[0]), photographs \(names[1])")
  }
}
