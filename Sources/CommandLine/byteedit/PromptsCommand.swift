import ArgumentParser
import Compute
import Datasets
import Editing
import Foundation
import Plots

/// Thins prompts that say nearly the same.
struct PromptsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prompts",
    abstract: "Thin prompts: K-Means groups and a t-SNE map of their embeddings.",
    discussion: """
      Writes prompts.txt (those kept, in their order), prompts.jsonl (every prompt with its group, \
      its place on the map, and the kept one that stands for it) and map.svg.
      """)

  @Option(help: "A text file with a prompt a line.", completion: .file())
  var input: String

  @Option(help: "Prompts to keep.")
  var keep: Int

  @Option(help: "K-Means groups; the root of half the number of prompts if not given.")
  var clusters: Int?

  @Option(help: "Neighbours that count on the map.")
  var perplexity = 30.0

  @Option(help: "Iterations of the map.")
  var iterations = 500

  @Option(help: "Where random numbers begin.")
  var seed: UInt64 = 0

  @Option(
    help: "A diffusers folder, or a CLIP text encoder's with its tokenizer; the embedded editor's.",
    completion: .directory)
  var model: String?

  @Option(help: "Threads to compute on; 0 uses every core.")
  var threads = 0

  @Option(name: .shortAndLong, help: "The folder to write to.")
  var output: String

  func run() throws {
    let team = threads > 0 ? ThreadTeam(threads: threads) : .shared
    try ThreadTeam.$current.withValue(team) {
      let text = try PromptText.read(input)
      let prompts = PromptThinning.distinct(text)
      let embedder = try TextEmbedder(folder: try model ?? ModelLocator.embeddedModel())
      let points = try PointSet(width: embedder.width, values: try embedder(prompts))
      var settings = PromptThinning.Settings(keep: keep, groups: clusters)
      (settings.perplexity, settings.iterations) = (perplexity, iterations)
      settings.seed = seed
      let thinning = try PromptThinning(prompts, embeddings: points, settings: settings)
      try write(thinning)
      let kept = thinning.isKept.count { $0 }
      print(
        "\(text.count) lines, \(prompts.count) prompts, \(kept) kept in \(output); "
          + String(format: "the map's divergence is %.3f", thinning.divergences.last ?? 0))
    }
  }

  private func write(_ thinning: PromptThinning) throws {
    try FileManager.default.createDirectory(
      atPath: output, withIntermediateDirectories: true)
    var kept = Data()
    var lines = Data()
    for (index, prompt) in thinning.prompts.enumerated() {
      if thinning.isKept[index] { kept.append(contentsOf: Array("\(prompt)\n".utf8)) }
      let place = thinning.places[index]
      lines.append(
        try JSONLine.encode(
          PromptLine(
            prompt: prompt, cluster: thinning.groups[index], kept: thinning.isKept[index],
            representative: thinning.prompts[thinning.representatives[index]], x: place?.x,
            y: place?.y), path: output))
    }
    try JSONLine.write(kept, to: "\(output)/prompts.txt")
    try JSONLine.write(lines, to: "\(output)/prompts.jsonl")
    try JSONLine.write(Data(map(thinning).svg.utf8), to: "\(output)/map.svg")
  }

  private func map(_ thinning: PromptThinning) -> ScatterMap {
    let points = thinning.prompts.indices.compactMap { index in
      thinning.places[index].map { place in
        ScatterMap.Point(
          x: Double(place.x), y: Double(place.y), group: thinning.groups[index],
          isKept: thinning.isKept[index], label: thinning.prompts[index])
      }
    }
    return ScatterMap("Prompts", points: points)
  }
}

/// A line of `prompts.jsonl`.
private struct PromptLine: Encodable {
  var prompt: String
  var cluster: Int
  var kept: Bool
  var representative: String
  var x: Float?
  var y: Float?
}
