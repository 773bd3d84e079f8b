import ArgumentParser
import Compute
import Editing
import Foundation
import Jobs
import Rewards

/// Scores one picture, here and now.
struct ScoreCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "score",
    abstract: "Score a picture with the judges.",
    discussion: """
      Prints what each judge says, raw and calibrated: the share of held-out edits that score lower. \
      With --mask the judges look at the crop around it that an edit would see, so that a result, \
      its mask and its prompt give the scores that it came with; without, at the whole picture. \
      Without --prompt alignment has nothing to say. --heat-map writes where the picture looks \
      generated: dark blue is real, pale yellow generated.
      """)

  @Argument(help: "PNG or JPEG to score.", completion: .file())
  var picture: String

  @Option(help: "PNG or JPEG of the picture's size: transparent, or else white, was edited.")
  var mask: String?

  @Option(help: "What the picture should show.")
  var prompt: String?

  @Option(help: "Weights of the combined score, as in aesthetic=1,coherence=2.")
  var select: String?

  @Option(help: "auto, alpha (0 = edited) or luma (white = edited).")
  var maskSemantics: String?

  @Flag(help: "What the mask keeps was edited.")
  var maskInvert = false

  @Option(help: "auto, full, or the margin around the hole as a share of its longer side.")
  var context: String?

  @Option(help: "Model pixels, a multiple of 8.")
  var resolution: String?

  @Option(help: "Where the coherence judge's map is written, as PNG.")
  var heatMap: String?

  @Option(
    help: "A diffusers folder whose editor's crop is taken; the embedded editor's if not given.")
  var model: String?

  @Option(help: "Threads to compute on; 0 uses every core.")
  var threads = 0

  @Flag(help: "Print the scores as JSON.")
  var json = false

  @OptionGroup var judging: JudgeOptions

  func run() throws {
    let parameters = try self.parameters()
    let judges = try judging.load()
    guard !judges.isEmpty else {
      throw ValidationError("every judge is off or missing; name a folder with --judges")
    }
    guard heatMap == nil || judges[.coherence] != nil else {
      throw ValidationError("--heat-map needs the coherence judge, which is off")
    }
    let editor = try ModelLoading.editor(
      folder: model, maxMegapixels: 100, storage: .float32, adapters: [], judges: judges)
    let request = ScoreRequest(
      parameters, image: try InputFile.read(picture, "PICTURE"),
      mask: try mask.map { try InputFile.read($0, "--mask") })
    let team = threads > 0 ? ThreadTeam(threads: threads) : .shared
    let result = try ThreadTeam.$current.withValue(team) { try editor.score(request) }
    if let heatMap, let map = result.heatMap {
      try Data(map.bytes).write(to: URL(fileURLWithPath: heatMap))
    }
    try report(result)
  }

  /// The options, by the rules of the service.
  private func parameters() throws -> ScoreParameters {
    var form = try SelectOption.fields(select)
    form["prompt"] = prompt
    form["mask_semantics"] = maskSemantics
    form["mask_invert"] = maskInvert ? "true" : nil
    form["context"] = context
    form["resolution"] = resolution
    form["heat_map"] = heatMap == nil ? "false" : "true"
    do {
      return try ScoreParameters(form: form)
    } catch {
      throw ValidationError(error.lines)
    }
  }

  private func report(_ result: ScoreResult) throws {
    let scores = CandidateScores(result.scores, combined: result.combined)
    guard !json else { return print(try JSONText.encode(scores)) }
    for (judge, score) in scores.byJudge {
      print(
        judge.padding(toLength: 10, withPad: " ", startingAt: 0),
        String(format: "%.3f   raw %+.3f", score.calibrated, score.raw))
    }
    if let combined = result.combined { print(String(format: "combined   %.3f", combined)) }
    result.warnings.forEach { print("note: \($0)") }
  }
}

/// Weights of judges as an option names them: `aesthetic=1,coherence=2`.
enum SelectOption {
  /// As fields of a form.
  static func fields(_ text: String?, of option: String = "--select") throws -> [String: String] {
    guard let text else { return [:] }
    var fields: [String: String] = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.split(separator: "=", maxSplits: 1).map {
        $0.trimmingCharacters(in: .whitespaces)
      }
      guard sides.count == 2 else {
        throw ValidationError("\(option) takes judges and weights, as in aesthetic=1,coherence=2")
      }
      fields["select[\(sides[0])]"] = sides[1]
    }
    return fields
  }

  /// By the rules of the service.
  static func weights(_ text: String, of option: String) throws -> RewardWeights {
    let fields = try fields(text, of: option)
    do {
      let given = try ScoreParameters(form: fields).select
      return given.map(RewardWeights.init) ?? RewardWeights()
    } catch {
      throw ValidationError("\(option): \(error.lines)")
    }
  }
}

/// A file that an option names.
enum InputFile {
  static func read(_ path: String, _ option: String) throws -> [UInt8] {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ValidationError("\(option): cannot read \(path)")
    }
    return Array(data)
  }
}

extension InvalidParameters {
  /// A line for every violation, by its field's name.
  var lines: String {
    violations.map { "\($0.pointer.dropFirst()) \($0.detail)" }.joined(separator: "\n")
  }
}
