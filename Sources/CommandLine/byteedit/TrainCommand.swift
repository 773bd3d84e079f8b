import ArgumentParser
import Compute
import Foundation
import Recipes
import Yams

extension JudgeRecipe: ExpressibleByArgument {}

/// The training of a judge.
struct TrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Train a judge: aesthetic, alignment or coherence.",
    discussion: """
      Works without any file: with the procedural world and the embedded editor. The output folder \
      holds the state, log.jsonl, the curves, the held-out table and, at the end, the judge's own \
      folder. A run may be stopped or killed at any moment; --resume goes on with the same bits. \
      docs/training-judges.md explains every setting.
      """)

  @Argument(help: "aesthetic, alignment or coherence.")
  var recipe: JudgeRecipe

  @Option(help: "JSON or YAML with settings that differ from the recipe's.", completion: .file())
  var config: String?

  @Option(
    name: .shortAndLong, help: "The run's folder; byteedit-<recipe> if not given.",
    completion: .directory)
  var output: String?

  @Option(help: "Updates of the whole run.")
  var steps: Int?

  @Option(help: "Minutes the run may take; the number of updates follows from the speed.")
  var minutes: Double?

  @Option(help: "A folder of candidate sets or preferences; may be repeated.")
  var data: [String] = []

  @Option(help: "A folder of sprites with its manifest.json.", completion: .directory)
  var sprites: String?

  @Option(help: "A folder of photographs, used as backgrounds.", completion: .directory)
  var photos: String?

  @Option(help: "The editor whose fills and words are learnt; the embedded one if not given.")
  var model: String?

  @Option(
    help: "A judge's folder whose weights and words the run begins with; random if not given.",
    completion: .directory)
  var start: String?

  @Option(
    help: "Another judge's folder: the run begins with the average of both (network.blendShare).",
    completion: .directory)
  var blend: String?

  @Flag(help: "Go on where the run in the output folder was.")
  var resume = false

  @Flag(help: "Train nothing: compute the held-out table of the judge in the output folder again.")
  var evaluate = false

  @Option(help: "Threads to compute on; 0 uses every core.")
  var threads = 0

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() throws {
    let folder = RunFolder(output ?? "byteedit-\(recipe.rawValue)")
    let plan = try plan(folder)
    try folder.create()
    let team = threads > 0 ? ThreadTeam(threads: threads) : .shared
    try ThreadTeam.$current.withValue(team) {
      let editor = try model ?? ModelLocator.embeddedModel()
      let sources = try TrainingSources(
        for: recipe, plan.configuration, editor: editor, in: folder, report: report)
      let trained = try recipe.make(plan.configuration, sources)
      guard !evaluate else { return print(try trained.table(of: folder).markdown) }
      try TrainingSession.run(trained, plan, in: folder, isQuiet: quiet)
    }
  }

  private func report(_ line: String) {
    if !quiet { TrainingProgress(isQuiet: false).finish(line) }
  }

  // MARK: Settings

  /// What the run was begun with, or what options and file say now.
  private func plan(_ folder: RunFolder) throws -> RunPlan {
    if resume || evaluate {
      var plan = try RunPlan(of: folder)
      guard plan.recipe == recipe.rawValue else {
        throw ValidationError(
          "\(folder.path) is a run of \(plan.recipe), not of \(recipe.rawValue)")
      }
      if let steps { plan.steps = steps }
      return plan
    }
    guard !folder.hasState else {
      throw ValidationError(
        "\(folder.path) has a run already: --resume goes on with it, --output names another folder")
    }
    let configuration = try settings()
    return RunPlan(
      recipe: recipe.rawValue, configuration: configuration,
      steps: minutes == nil ? configuration.run.steps : nil, minutes: minutes)
  }

  private func settings() throws -> RecipeConfiguration {
    var document = try config.map(Self.document) ?? [:]
    if let steps { document.set(steps, for: "steps", in: "run") }
    if let sprites { document.set(Self.absolute(sprites), for: "sprites", in: "data") }
    if let photos { document.set(Self.absolute(photos), for: "photographs", in: "data") }
    if let start { document.set(Self.absolute(start), for: "start", in: "network") }
    if let blend { document.set(Self.absolute(blend), for: "blend", in: "network") }
    if !data.isEmpty { document.set(data.map(Self.absolute), for: "candidates", in: "data") }
    return try RecipeConfiguration(
      for: recipe, document: JSONSerialization.data(withJSONObject: document))
  }

  func validate() throws {
    if let steps, steps < 1 { throw ValidationError("--steps must be at least 1") }
    if let minutes, !(minutes > 0 && minutes.isFinite) {
      throw ValidationError("--minutes must be above 0")
    }
    if steps != nil, minutes != nil { throw ValidationError("give --steps or --minutes, not both") }
    if threads < 0 { throw ValidationError("--threads must not be negative") }
  }

  /// The members of a JSON or YAML file; JSON is YAML too.
  private static func document(_ path: String) throws -> [String: Any] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationError("--config: cannot read \(path)")
    }
    let loaded = try Yams.load(yaml: String(decoding: data, as: UTF8.self))
    guard let members = loaded as? [String: Any], JSONSerialization.isValidJSONObject(members)
    else { throw ValidationError("--config: \(path) must hold named settings") }
    return members
  }

  /// A run may go on from another folder than the one it was begun in.
  private static func absolute(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.path
  }
}

extension [String: Any] {
  fileprivate mutating func set(_ value: Any, for name: String, in group: String) {
    var members = self[group] as? [String: Any] ?? [:]
    members[name] = value
    self[group] = members
  }
}
