import ArgumentParser
import Compute
import Datasets
import Editing
import Evidence
import Foundation
import Rewards

/// Measures how early in the denoising a judge can tell good from bad.
struct StepsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "steps",
    abstract: "Measure a judge's pair accuracy on the one-step estimate of x0, step by step.",
    discussion: """
      Draws candidates of held-out edits with several guidance scales, compares the best and the \
      worst of each (by the oracle's evaluating terms, and by the judge's own last word), and \
      prints how often the judge has them in that order at each step. --output draws the curve.
      """)

  @OptionGroup var scenes: SceneOptions
  @OptionGroup var judges: JudgeOptions

  @Option(help: "Which judge: aesthetic or alignment.")
  var judge = "aesthetic"

  @Option(help: "A diffusers folder; the embedded editor if not given.")
  var model: String?

  @Option(help: "Edits.")
  var count = 200

  @Option(help: "Denoising steps.")
  var steps = 20

  @Option(help: "Threads to compute on; 0 uses every core.")
  var threads = 0

  @Option(name: .shortAndLong, help: "The figure: a path that ends in .svg.")
  var output: String?

  func validate() throws {
    if count < 1 { throw ValidationError("--count must be at least 1") }
    if !(1...1000).contains(steps) { throw ValidationError("--steps takes 1 to 1000") }
    if threads < 0 { throw ValidationError("--threads must not be negative") }
  }

  func run() throws {
    guard let kind = JudgeKind(rawValue: judge), let judge = try judges.load()[kind] else {
      throw ValidationError("--judge \(judge): there is no such judge, or it is off")
    }
    let team = threads > 0 ? ThreadTeam(threads: threads) : .shared
    try ThreadTeam.$current.withValue(team) {
      let editor = try EditorModel(folder: model ?? ModelLocator.embeddedModel(), name: "editor")
      let evidence = StepAccuracy(
        editor, judge: judge,
        subjects: try scenes.subjects(
          for: editor, split: .test, tasks: [(.object, 60), (.erase, 20), (.outpaint, 20)]),
        seed: scenes.seed)
      let curve = try evidence(count, steps: steps) { EvaluationProgress.show($0, of: count) }
      print(curve.markdown)
      if let output {
        try curve.plot(kind).svg.write(toFile: output, atomically: true, encoding: .utf8)
      }
    }
  }
}
