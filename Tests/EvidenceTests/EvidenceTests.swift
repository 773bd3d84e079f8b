import Datasets
import Editing
import Foundation
import Imaging
import Models
import Rewards
import TestSupport
import Testing

@testable import Evidence
@testable import Recipes

/// A judge made of a formula.
private struct FormulaNetwork: PictureJudgeNetwork {
  let formula: @Sendable (FloatImage) -> Double
  func reward(of picture: FloatImage, hole: PixelRect?, text: String) throws -> Double {
    formula(picture)
  }
}

@Suite struct EvidenceTests {
  private let model: EditorModel

  init() throws {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    model = try EditorModel(
      folder: root.appending(path: "Sources/DefaultModel/Model").path, name: "embedded")
  }

  private func judge(_ formula: @escaping @Sendable (FloatImage) -> Double) throws -> Judge {
    try Judge(
      .aesthetic, identity: JudgeIdentity(name: "formula", hash: ""),
      network: .picture(FormulaNetwork(formula: formula)))
  }

  /// The editor's own nouns, of a world that has no sprites.
  private func subjects(
    _ tasks: [(task: Datasets.EditTask, percent: Double)] = [(.object, 100)]
  ) throws -> ExampleSubjects {
    ExampleSubjects(
      try SceneGenerator(side: 64, split: .test, tasks: tasks),
      vocabulary: .init(nouns: try ProbeClasses(of: model).known, background: "background"))
  }

  /// A probe with fresh weights: it says something, and always the same.
  private func probe() throws -> (Probe, remove: () -> Void) {
    let classes = try ProbeClasses(of: model)
    let recipe = ProbeRecipe(
      classes, training: try subjects(), heldOut: try subjects(), seed: 1)
    let scratch = try ScratchFolder()
    try recipe.write(try recipe.initialWeights(), to: scratch.path)
    return (try Probe(folder: scratch.path), { withExtendedLifetime(scratch) {} })
  }

  private func table(_ formula: @escaping @Sendable (FloatImage) -> Double) throws -> HeldOutTable {
    let (probe, remove) = try probe()
    defer { remove() }
    let evidence = BestOf(
      model, judges: Judges([try judge(formula)]), probe: probe, subjects: try subjects(), seed: 3)
    return try evidence(3, candidates: 2)
  }

  private func value(_ table: HeldOutTable, _ name: String, _ measure: String) -> Double? {
    table.rows.first { $0.name == name && $0.measure == measure }?.estimate.value
  }

  @Test func `a judge that finds all alike chooses the first, which gains nothing`() throws {
    let table = try table { _ in 1 }
    for measure in ["probe", "oracle"] {
      #expect(value(table, "best by all judges, less one sample", measure) == 0)
      #expect(
        value(table, "best by all judges", measure) == value(table, "one sample", measure))
    }
    #expect(value(table, "ceiling: real composite, decoded", "probe") != nil)
    #expect(table.rows.allSatisfy { $0.estimate.count == 3 })
  }

  /// By brightness the other candidate wins somewhere: a darker first one is left.
  @Test func `what a judge prefers is what counts`() throws {
    let bright = try table { $0.pixels.reduce(0) { $0 + Double($1) } / Double($0.pixels.count) }
    let dark = try table { -$0.pixels.reduce(0) { $0 + Double($1) } / Double($0.pixels.count) }
    let first = try #require(value(bright, "best by all judges", "oracle"))
    let second = try #require(value(dark, "best by all judges", "oracle"))
    let mean = try #require(value(bright, "mean of all samples", "oracle"))
    #expect(first != second)
    // Of two candidates one is the brighter and the other the darker one.
    #expect(abs((first + second) / 2 - mean) < 1e-9)
  }

  @Test func `without judges there is nothing to choose by`() throws {
    let (probe, remove) = try probe()
    defer { remove() }
    let evidence = BestOf(
      model, judges: .off, probe: probe, subjects: try subjects(), seed: 3)
    #expect(throws: EvidenceError.self) { try evidence(1, candidates: 2) }
  }

  /// The last step of DDIM ends at its own estimate.
  @Test func `at the last step a judge agrees with its own last word`() throws {
    let judge = try judge { $0.pixels.reduce(0) { $0 + Double($1) } }
    let evidence = StepAccuracy(
      model, judge: judge, subjects: try subjects([(.erase, 50), (.outpaint, 50)]), seed: 1,
      guidanceScales: [1, 5], margin: 0)
    let curve = try evidence(4, steps: 3)
    #expect(curve.byItself.count == 3 && curve.byOracle.count == 3)
    #expect(curve.byItself.last?.value == 1)
    #expect(curve.markdown.split(separator: "\n").count == 5)
    #expect(curve.plot(.aesthetic).svg.contains("denoising step"))
  }
}

@Suite struct RankingTests {
  @Test func `the brightest comes first, the darkest last, and nothing that was trained on`() throws
  {
    let scratch = try ScratchFolder()
    let path = scratch.path
    let plan = try CandidatePlan(
      perPrompt: 2, steps: [1], guidanceScales: [1], samplers: [.ddim], seed: 1, model: "none",
      data: "plain pictures")
    var folder = try CandidateFolder(path: path, plan: plan)
    let mask = try Mask(width: 8, height: 8, coverage: [UInt8](repeating: 255, count: 64))
    for index in 0..<40 {
      let id = "\(index)"
      let files = (0..<2).map { "pictures/\(id)/candidate-\($0).png" }
      for (place, file) in files.enumerated() {
        try folder.write(
          FloatImage(
            repeating: Float(2 * index + place) / 100, width: 8, height: 8, channels: 3), to: file)
      }
      try folder.write(mask, to: "pictures/\(id)/mask.png")
      try folder.add([
        CandidateRecord(
          id: id, task: .erase, prompt: "prompt \(id)", request: "", attributes: [:],
          clusters: ["scene": id], source: files[0], mask: "pictures/\(id)/mask.png",
          target: files[0], background: files[0], reconstruction: files[0],
          candidates: files.map {
            CandidateRecord.Candidate(
              file: $0, sampler: "ddim", steps: 1, guidanceScale: 1, seed: 1,
              scores: OracleScores([:]))
          })
      ])
    }
    let judge = try Judge(
      .aesthetic, identity: JudgeIdentity(name: "formula", hash: ""),
      network: .picture(FormulaNetwork { Double($0.pixels[0]) }))
    let ranking = try Ranking([folder], by: judge, shown: 3)
    let heldOut = folder.records.filter(\.isHeldOut)
    #expect(!heldOut.isEmpty && heldOut.count < 20)
    #expect(ranking.count == 2 * heldOut.count)
    #expect(Set(ranking.first.map(\.id)).count == 3)
    #expect(ranking.first.first?.id == heldOut.map(\.id).max { Int($0) ?? 0 < Int($1) ?? 0 })
    #expect(ranking.last.last?.id == heldOut.map(\.id).min { Int($0) ?? 0 < Int($1) ?? 0 })
    let sheet = try ranking.sheet()
    #expect(sheet.width == 3 * 12 + 4 && sheet.height == 2 * 12 + 4)
  }
}
