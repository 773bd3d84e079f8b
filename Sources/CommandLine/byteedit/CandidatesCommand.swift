import ArgumentParser
import Compute
import Datasets
import DefaultModel
import Diffusion
import Editing
import Foundation
import Recipes

/// Draws candidates with an editor and ranks them by the oracle.
struct CandidatesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "candidates",
    abstract: "Draw several candidates of many edits and rank them by the synthetic oracle.",
    discussion: """
      Writes pictures, manifest.jsonl, preferences.jsonl (the oracle's training terms) and \
      preferences-evaluation.jsonl (its evaluation terms). A run that was stopped goes on where it \
      was; a larger --count adds to what is there. An editor with a vocabulary is asked for its own \
      nouns alone.
      """)

  @OptionGroup var scenes: SceneOptions

  @Option(help: "Edits.")
  var count = 200

  @Option(help: "Candidates of one edit.")
  var perPrompt = 4

  @Option(help: "A diffusers folder; the embedded editor if not given.")
  var model: String?

  @Option(help: "Steps to draw with, in turn: 8,20.")
  var steps: NumberList = "8,20"

  @Option(help: "Guidance scales to draw with, in turn: 1,2.5.")
  var guidance: NumberList = "1,2.5,5"

  @Option(help: "Samplers to draw with, in turn: ddim,dpm++2m.")
  var samplers = "ddim"

  @Option(help: "How far best and worst must be apart to be a preference, of 1.")
  var margin = 0.02

  @Flag(help: "Paste what was drawn as it is; its colour seam stays.")
  var noSeamRepair = false

  @Option(help: "Threads to compute on; 0 uses every core.")
  var threads = 0

  @Option(name: .shortAndLong, help: "The folder to write to.")
  var output: String

  func run() throws {
    let path = try model ?? ModelLocator.embeddedModel()
    let editor = try EditorModel(
      folder: path,
      name: model.map { URL(fileURLWithPath: $0).lastPathComponent } ?? DefaultModel.name)
    let subjects = try scenes.subjects(
      for: editor, split: .candidates, tasks: [(.object, 60), (.erase, 20), (.outpaint, 20)])
    let plan = try CandidatePlan(
      perPrompt: perPrompt, steps: steps.integers("steps"), guidanceScales: guidance.numbers,
      samplers: try chosenSamplers(), seed: scenes.seed, repairsSeams: !noSeamRepair,
      model: editor.hash,
      data: subjects.summary)
    guard count > 0, (0...1).contains(margin) else {
      throw ValidationError("--count must be at least 1 and --margin 0 to 1")
    }
    var folder = try CandidateFolder(path: output, plan: plan)
    let started = ContinuousClock.now
    let team = threads > 0 ? ThreadTeam(threads: threads) : .shared
    try ThreadTeam.$current.withValue(team) {
      try CandidateMaker(model: editor, subjects: subjects, plan: plan)
        .make(count, in: &folder) { done, drawn in report(done, drawn, since: started) }
    }
    let written = try folder.writePreferences(margin: margin)
    print(
      "\(folder.records.count) edits in \(output); preferences: \(written.training) by training "
        + "terms, \(written.evaluation) by evaluation terms")
  }

  private func report(_ done: Int, _ drawn: Int, since started: ContinuousClock.Instant) {
    let seconds = (ContinuousClock.now - started) / .seconds(1)
    let rate = String(format: "%.1f", Double(drawn) / max(seconds, 1e-9))
    let left = Int(Double((count - done) * perPrompt) * seconds / Double(max(1, drawn)))
    FileHandle.standardError.write(
      Data("\(done) of \(count) edits, \(rate) candidates/s, \(left) s left\n".utf8))
  }

  private func chosenSamplers() throws -> [SamplerKind] {
    try samplers.split(separator: ",").map { name in
      guard let kind = SamplerKind(rawValue: String(name)) else {
        throw ValidationError(
          "--samplers: '\(name)' is none of "
            + SamplerKind.allCases.map(\.rawValue).joined(separator: ", "))
      }
      return kind
    }
  }
}

extension DatasetSplit {
  /// All combinations and photographs: what is held out is told by the clusters of a preference.
  fileprivate static let candidates = DatasetSplit(
    name: "candidates", stream: 4, combinations: .any, photographs: .any)
}

/// Numbers with commas between.
struct NumberList: ExpressibleByArgument, ExpressibleByStringLiteral {
  let numbers: [Double]
  let defaultValueDescription: String

  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    numbers = parts.compactMap { Double($0) }.filter(\.isFinite)
    guard !numbers.isEmpty, numbers.count == parts.count else { return nil }
    defaultValueDescription = argument
  }

  init(stringLiteral value: String) {
    numbers = value.split(separator: ",").compactMap { Double($0) }
    defaultValueDescription = value
  }

  func integers(_ name: String) throws -> [Int] {
    try numbers.map { number in
      guard let whole = Int(exactly: number) else {
        throw ValidationError("--\(name): \(number) is no whole number")
      }
      return whole
    }
  }
}
