import Datasets
import Editing
import Tokenizers

extension TrainingSources {
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
    let world = try ExampleWorld(recipe, configuration)
    var folders = data.candidates
    if folders.isEmpty, recipe == .coherence {
      let drawn = "\(folder.path)/candidates"
      try Self.draw(data.candidatesDrawn, editor, world, to: drawn, report: report)
      folders = [drawn]
    }
    try self.init(
      training: try world.examples(.training), heldOut: try world.examples(.test),
      folders: folders, words: world.words,
      known: try folder.keptVocabulary() ?? Self.words(of: configuration, recipe))
    if recipe != .coherence { try folder.keep(vocabulary) }
  }

  /// Of the judge that training begins with: its weights know no other words.
  private static func words(
    of configuration: RecipeConfiguration, _ recipe: JudgeRecipe
  ) throws(TokenizerError) -> WordPieceVocabulary? {
    let start = configuration.network.start
    return start.isEmpty || recipe == .coherence ? nil : try WordPieceVocabulary(folder: start)
  }

  /// Goes on where an earlier call was stopped.
  private static func draw(
    _ count: Int, _ editor: String, _ world: ExampleWorld, to path: String, report: (String) -> Void
  ) throws {
    let model = try EditorModel(folder: editor, name: "editor")
    let plan = try CandidatePlan(
      perPrompt: 2, steps: [8, 20], guidanceScales: [1, model.defaultGuidanceScale],
      samplers: [.ddim], seed: 1, model: model.hash, data: "the recipe's own")
    var candidates = try CandidateFolder(path: path, plan: plan)
    guard candidates.records.count < count else { return }
    let subjects = ExampleSubjects(
      try world.examples(.anything), vocabulary: Self.vocabulary(of: model))
    try CandidateMaker(model: model, subjects: subjects, plan: plan).make(
      count, in: &candidates
    ) { done, _ in
      if done % 80 == 0 || done == count { report("\(done) of \(count) edits drawn") }
    }
  }
}

extension TrainingSources {
  /// The nouns of an editor that says what it can draw.
  fileprivate static func vocabulary(of model: EditorModel) -> ExampleSubjects.Vocabulary? {
    let terms = model.settings.vocabulary
    guard !terms.isEmpty else { return nil }
    return ExampleSubjects.Vocabulary(
      nouns: Set(terms.flatMap { [$0.name] + $0.synonyms }),
      background: model.settings.backgroundPrompt)
  }
}

extension DatasetSplit {
  /// Of candidates: what is held out is told from their clusters.
  fileprivate static let anything = DatasetSplit(
    name: "candidates", stream: 4, combinations: .any, photographs: .any)
}
