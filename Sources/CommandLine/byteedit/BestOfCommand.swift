import ArgumentParser
import Compute
import Datasets
import Editing
import Evidence
import Foundation
import Recipes
import Rewards

/// Compares the best of several candidates with one.
struct BestOfCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "best-of",
    abstract: "Compare the best of several candidates with a single one, by an independent probe.",
    discussion: """
      Draws candidates of edits that ask for an object, has the judges choose as the service does, \
      and prints how often a probe ('byteedit evaluate probe') finds the noun, and the mean of the \
      oracle's evaluating terms: in per cent, with 95% intervals over clusters.
      """)

  @OptionGroup var scenes: SceneOptions
  @OptionGroup var judges: JudgeOptions

  @Option(help: "A diffusers folder; the embedded editor if not given.")
  var model: String?

  @Option(help: "The probe's folder.", completion: .directory)
  var probe: String

  @Option(help: "Edits.")
  var count = 240

  @Option(help: "Candidates of each edit.")
  var candidates = 4

  @Option(
    help: "Weights to choose by, too: aesthetic=1,alignment=2,coherence=0.5; may be given often.")
  var weights: [String] = []

  @Option(help: "Threads to compute on; 0 uses every core.")
  var threads = 0

  func validate() throws {
    if count < 1 { throw ValidationError("--count must be at least 1") }
    if !(2...100).contains(candidates) { throw ValidationError("--candidates takes 2 to 100") }
    if threads < 0 { throw ValidationError("--threads must not be negative") }
    _ = try choices()
  }

  /// Weights by their text.
  private func choices() throws -> [(String, RewardWeights)] {
    try weights.map { ($0, try SelectOption.weights($0, of: "--weights")) }
  }

  func run() throws {
    let team = threads > 0 ? ThreadTeam(threads: threads) : .shared
    try ThreadTeam.$current.withValue(team) {
      let editor = try EditorModel(folder: model ?? ModelLocator.embeddedModel(), name: "editor")
      let evidence = BestOf(
        editor, judges: try judges.load(), probe: try Probe(folder: probe),
        subjects: try scenes.subjects(for: editor, split: .test, tasks: [(.object, 100)]),
        seed: scenes.seed, weights: try choices())
      let table = try evidence(count, candidates: candidates) {
        EvaluationProgress.show($0, of: count)
      }
      print(table.markdown)
    }
  }
}

/// Lines on standard error.
enum EvaluationProgress {
  static func show(_ done: Int, of count: Int) {
    FileHandle.standardError.write(Data("\(done) of \(count) edits\n".utf8))
  }
}
