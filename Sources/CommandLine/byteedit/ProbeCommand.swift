import ArgumentParser
import Compute
import Datasets
import Editing
import Evidence
import Foundation
import Recipes

/// Trains the probe.
struct ProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "probe",
    abstract: "Train the probe that the judges' choices are measured by.",
    discussion: """
      A classifier of another architecture and with other seeds than the judges': it says which \
      noun of the editor's vocabulary a hole shows, or none. The output folder is that of a run of \
      'byteedit train'; its subfolder 'judge' is the probe.
      """)

  @OptionGroup var scenes: SceneOptions

  @Option(help: "The editor whose nouns are told apart; the embedded one if not given.")
  var model: String?

  @Option(help: "Updates of 64 pictures.")
  var steps = 3_000

  @Flag(help: "Go on where the run in the output folder was.")
  var resume = false

  @Option(help: "Threads to compute on; 0 uses every core.")
  var threads = 0

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  @Option(name: .shortAndLong, help: "The run's folder.", completion: .directory)
  var output = "byteedit-probe"

  func validate() throws {
    if steps < 1 { throw ValidationError("--steps must be at least 1") }
    if threads < 0 { throw ValidationError("--threads must not be negative") }
  }

  func run() throws {
    let folder = RunFolder(output)
    guard resume || !folder.hasState else {
      throw ValidationError(
        "\(output) has a run already: --resume goes on with it, --output names another folder")
    }
    try folder.create()
    let plan = try resume ? RunPlan(of: folder) : plan()
    let team = threads > 0 ? ThreadTeam(threads: threads) : .shared
    try ThreadTeam.$current.withValue(team) {
      let editor = try EditorModel(folder: model ?? ModelLocator.embeddedModel(), name: "editor")
      let tasks: [(task: Datasets.EditTask, percent: Double)] = [(.object, 100)]
      let recipe = ProbeRecipe(
        try ProbeClasses(of: editor),
        training: try scenes.subjects(for: editor, split: .training, tasks: tasks),
        heldOut: try scenes.subjects(for: editor, split: .validation, tasks: tasks),
        seed: scenes.seed &+ 7_001)
      try TrainingSession.run(recipe, plan, in: folder, isQuiet: quiet)
    }
  }

  private func plan() throws -> RunPlan {
    let document = """
      {"run": {"steps": \(steps), "batch": 64, "microBatch": 64, "learningRate": 2e-3,
        "warmup": \(min(100, steps / 4)), "evaluateEvery": 500, "saveEvery": 250}}
      """
    return RunPlan(
      recipe: "probe",
      configuration: try RecipeConfiguration(for: .aesthetic, document: Data(document.utf8)),
      steps: steps, minutes: nil)
  }
}
