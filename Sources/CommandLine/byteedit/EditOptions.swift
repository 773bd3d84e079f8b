import ArgumentParser
import Jobs

/// Every field of an edit request as an option; read and checked by the rules of the service.
struct EditOptions: ParsableArguments {
  @Option(help: "inpaint, outpaint or erase.")
  var task: String?

  @Option(help: "What shall appear in the hole.")
  var prompt: String?

  @Option(help: "What shall not appear.")
  var negativePrompt: String?

  @Option(help: "Pixels by which outpaint widens the canvas: left,top,right,bottom.")
  var expand: String?

  @Option(name: .customLong("n"), help: "Candidates, 1 ... 10; candidate k is drawn with seed + k.")
  var count: String?

  @Option(name: .customLong("return"), help: "How many of the best come back; all when absent.")
  var returned: String?

  @Option(
    help: "Weights of the judges, as in aesthetic=1,coherence=2; see docs/scores.md when absent.")
  var select: String?

  @Option(help: "Combined score, 0 ... 1, that every candidate shall have; more are drawn for it.")
  var minScore: String?

  @Option(help: "Candidates drawn beyond --n for --min-score, 0 ... 20.")
  var retries: String?

  @Option(help: "Where too few reach --min-score: return the best all the same, or fail.")
  var belowMinScore: String?

  @Option(help: "0 ... 4294967295; drawn at random when absent, and always reported.")
  var seed: String?

  @Option(help: "Denoising steps; the model's own number when absent.")
  var steps: String?

  @Option(help: "Classifier-free guidance; 1 and less switch it off.")
  var guidanceScale: String?

  @Option(
    help: ArgumentHelp(
      EditParameters.Sampler.allCases.map(\.rawValue).joined(separator: ", ")
        + ". lcm and tcd are meant for models distilled to them."))
  var sampler: String?

  @Option(help: "In (0, 1]: how far the hole's old content is noised first.")
  var strength: String?

  @Option(help: "auto, alpha (0 = edit) or luma (white = edit).")
  var maskSemantics: String?

  @Flag(help: "Edit what the mask keeps.")
  var maskInvert = false

  @Option(help: "Coverage, 0 ... 1, from which a pixel is edited.")
  var maskThreshold: String?

  @Option(help: "Pixels by which the hole is widened.")
  var maskGrow: String?

  @Option(help: "Pixels over which the edit fades in, inwards.")
  var maskFeather: String?

  @Option(help: "How the mask is reduced to latents: max or nearest.")
  var maskResize: String?

  @Option(help: "Model pixels, a multiple of 8.")
  var resolution: String?

  @Option(help: "auto, full, or the margin around the hole as a share of its longer side.")
  var context: String?

  @Option(help: "What stands in the hole that is encoded: grey or push-pull.")
  var holeFill: String?

  @Flag(help: "Leave the colour seam of the autoencoder as it is.")
  var noSeamRepair = false

  @Option(help: "png or jpeg; by the ending of the output when absent.")
  var outputFormat: String?

  @Option(help: "JPEG quality, 1 ... 100.")
  var quality: String?

  /// The fields as a form, absent ones left out.
  func fields() throws -> [String: String] {
    typealias Name = EditParameters.Name
    let given: [(Name, String?)] = [
      (.task, task), (.prompt, prompt), (.negativePrompt, negativePrompt), (.count, count),
      (.returned, returned), (.minimumScore, minScore), (.retries, retries),
      (.belowMinimumScore, belowMinScore),
      (.seed, seed), (.steps, steps), (.guidanceScale, guidanceScale), (.sampler, sampler),
      (.strength, strength), (.maskSemantics, maskSemantics),
      (.maskInvert, maskInvert ? "true" : nil), (.maskThreshold, maskThreshold),
      (.maskGrow, maskGrow), (.maskFeather, maskFeather), (.maskResize, maskResize),
      (.resolution, resolution), (.context, context), (.holeFill, holeFill),
      (.seamRepair, noSeamRepair ? "false" : nil), (.outputFormat, outputFormat),
      (.quality, quality),
    ]
    var fields = Dictionary(
      uniqueKeysWithValues: given.compactMap { name, text in text.map { (name.rawValue, $0) } })
    fields.merge(try SelectOption.fields(select)) { $1 }
    for (side, pixels) in try sides() {
      fields["\(Name.expand.rawValue)[\(side)]"] = pixels
    }
    return fields
  }

  private func sides() throws -> [(String, String)] {
    guard let expand else { return [] }
    let numbers = expand.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    guard numbers.count == 4 else {
      throw ValidationError("--expand takes four numbers: left,top,right,bottom, as in 0,0,256,0")
    }
    return Array(zip(["left", "top", "right", "bottom"], numbers))
  }
}
