import ArgumentParser
import Compute
import Editing
import Foundation
import Imaging
import Jobs

/// One edit, here and now.
struct EditCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "edit",
    abstract: "Edit a picture.",
    discussion: """
      Writes the picture (several as out-0.png, out-1.png … by the number of the draw) and prints \
      what was done, best first by the judges' scores. --context full --resolution N --no-seam-repair --no-composite --hole-fill grey \
      --mask-resize nearest is the plain pipeline of the reference.
      """)

  @Option(help: "PNG or JPEG to edit.", completion: .file())
  var image: String

  @Option(help: "PNG or JPEG of the picture's size: transparent, or else white, is edited.")
  var mask: String?

  @Option(name: .shortAndLong, help: "Where the result is written.")
  var output: String

  @Option(help: "A diffusers folder; the embedded editor if not given.")
  var model: String?

  @Option(help: "Threads to compute on; 0 uses every core.")
  var threads = 0

  @Flag(help: "Replace the whole crop by what the model decoded; nothing is preserved.")
  var noComposite = false

  @Flag(help: "Leave receipt and digital source type out of the picture.")
  var noProvenance = false

  @Flag(help: "Print the result as JSON.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  @OptionGroup var loading: LoadingOptions

  @OptionGroup var judging: JudgeOptions

  @OptionGroup var fields: EditOptions

  func run() throws {
    let parameters = try self.parameters()
    let adapters = try loading.adapters()
    var request = try request(parameters)
    request.adapters = adapters.filter { !$0.isMerged }.map { AdapterChoice(name: $0.name) }
    let editor = try ModelLoading.editor(
      folder: model, maxMegapixels: 100, storage: loading.weights, adapters: adapters,
      judges: try judging.load())
    let team = threads > 0 ? ThreadTeam(threads: threads) : .shared
    let bar = ProgressBar()
    let started = ContinuousClock.now
    let result = try ThreadTeam.$current.withValue(team) {
      try editor.edit(request) { event in
        if case .step(let step, let total, let candidate) = event, !quiet {
          bar.show(step: step, of: total, candidate: candidate, candidates: request.count)
        }
      }
    }
    try write(result)
    try report(result, bar: bar, elapsed: ContinuousClock.now - started)
  }

  /// The options, by the rules of the service; the file's ending chooses the format.
  private func parameters() throws -> EditParameters {
    var form = try fields.fields()
    let name = EditParameters.Name.outputFormat.rawValue
    let ending = URL(fileURLWithPath: output).pathExtension.lowercased()
    if form[name] == nil, ending == "jpg" || ending == "jpeg" { form[name] = "jpeg" }
    do {
      return try EditParameters(form: form)
    } catch {
      throw ValidationError(error.lines)
    }
  }

  private func request(_ parameters: EditParameters) throws -> EditRequest {
    var request = EditRequest(
      parameters, seed: parameters.drawSeed(), image: try InputFile.read(image, "--image"),
      mask: try mask.map { try InputFile.read($0, "--mask") })
    request.composites = !noComposite
    request.output.carriesProvenance = !noProvenance
    return request
  }

  private func write(_ result: EditResult) throws {
    for candidate in result.candidates {
      try Data(candidate.bytes).write(to: URL(fileURLWithPath: path(of: candidate, in: result)))
    }
  }

  /// The output itself for one candidate, `name-k.ending` for several.
  private func path(of candidate: EditCandidate, in result: EditResult) -> String {
    guard result.candidates.count > 1 else { return output }
    let url = URL(fileURLWithPath: output)
    let stem = url.deletingPathExtension().lastPathComponent
    let ending = url.pathExtension.isEmpty ? "" : ".\(url.pathExtension)"
    return url.deletingLastPathComponent()
      .appending(path: "\(stem)-\(candidate.index)\(ending)").path
  }

  private func report(_ result: EditResult, bar: ProgressBar, elapsed: Duration) throws {
    if json { return print(try EditReport(result, path: { path(of: $0, in: result) }).text) }
    let seconds = elapsed.formatted(.units(allowed: [.seconds], fractionalPart: .show(length: 2)))
    bar.finish("\(result.candidates.count) edited in \(seconds)")
    for candidate in result.candidates {
      print(
        "\(path(of: candidate, in: result)): \(candidate.width)x\(candidate.height), seed "
          + "\(candidate.seed), \(candidate.receipt.steps) steps of \(candidate.receipt.sampler), "
          + String(format: "%.1f%% edited", 100 * result.maskShare)
          + " (\(result.maskRule)), outside the mask "
          + (candidate.preserved.maxAbsDiff == 0
            ? "unchanged" : "changed by at most \(candidate.preserved.maxAbsDiff)")
          + (CandidateScores(candidate).map { ", \($0.sentence)" } ?? ""))
    }
    result.warnings.forEach { print("note: \($0)") }
  }
}
