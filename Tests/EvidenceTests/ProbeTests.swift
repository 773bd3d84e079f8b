import Checkpoints
import Datasets
import Foundation
import Imaging
import Recipes
import Tensors
import TestSupport
import Testing

@testable import Evidence

@Suite struct ProbeViewTests {
  private func hole(_ box: PixelRect, _ side: Int = 32) throws -> Mask {
    try Mask(
      width: side, height: side,
      coverage: (0..<side * side).map { index in
        let (x, y) = (index % side, index / side)
        return (box.x..<box.maxX).contains(x) && (box.y..<box.maxY).contains(y) ? 255 : 0
      })
  }

  @Test func `the frame is a square around the hole`() throws {
    let frame = ProbeView(side: 16).frame(
      of: try hole(PixelRect(x: 10, y: 12, width: 10, height: 6)))
    #expect(frame == PixelRect(x: 9, y: 9, width: 13, height: 13))
  }

  @Test func `a frame at the border is moved inside`() throws {
    let view = ProbeView(side: 16)
    let corner = view.frame(of: try hole(PixelRect(x: 22, y: 0, width: 10, height: 10)))
    #expect(corner == PixelRect(x: 19, y: 0, width: 13, height: 13))
    let whole = PixelRect(x: 0, y: 0, width: 32, height: 32)
    #expect(view.frame(of: try hole(whole)) == whole)
    #expect(view.frame(of: try hole(PixelRect(x: 0, y: 0, width: 0, height: 0))) == whole)
  }

  @Test func `shuffled tiles are all there, in other places`() throws {
    let picture = try FloatImage(
      width: 8, height: 8, channels: 3, pixels: (0..<192).map { Float($0) / 192 })
    var choices = SplitMix(seed: 3)
    let shuffled = try picture.shuffled(tiles: 4, &choices)
    #expect(shuffled != picture)
    #expect(shuffled.pixels.sorted() == picture.pixels)
  }
}

@Suite struct ProbeClassesTests {
  private let classes = ProbeClasses([("car", ["auto", "apple"]), ("apple", ["fruit"])])

  @Test func `synonyms count as their noun, and a noun is itself before it is a synonym`() {
    #expect(classes.count == 3 && classes.none == 2)
    #expect(classes["auto"] == 0 && classes["fruit"] == 1 && classes["apple"] == 1)
    #expect(classes["boat"] == nil)
    #expect(classes.known == ["car", "auto", "apple", "fruit"])
  }
}

@Suite struct ProbeTrainingTests {
  private let classes = ProbeClasses(
    ["ball", "box", "cone", "tree", "house"].map { ($0, []) })

  private func subjects(_ split: DatasetSplit) throws -> ExampleSubjects {
    ExampleSubjects(
      try SceneGenerator(side: 32, split: split, tasks: [(.object, 100)]), summary: "small")
  }

  @Test func `a probe learns from its samples, and is read back as it was written`() throws {
    let recipe = ProbeRecipe(
      classes, training: try subjects(.training), heldOut: try subjects(.validation), seed: 5)
    let scratch = try ScratchFolder()
    let document =
      #"{"run": {"steps": 6, "batch": 12, "microBatch": 12, "warmup": 1, "averageDecay": 0}}"#
    let plan = RunPlan(
      recipe: "probe",
      configuration: try RecipeConfiguration(for: .aesthetic, document: Data(document.utf8)),
      steps: 6, minutes: nil)
    let folder = RunFolder(scratch.path)
    try folder.create()
    var run = TrainingRun(recipe, plan: plan, in: folder)
    guard case .finished(let table) = try run(onProgress: { _ in }, shouldStop: { false }) else {
      Issue.record("the run did not finish")
      return
    }
    #expect(table.rows.allSatisfy { (0...1).contains($0.estimate.value) })
    let probe = try Probe(folder: folder.judge)
    #expect(probe.classes == classes)
    let subject = try subjects(.test).subject(0)
    let verdicts = try probe.verdicts([subject.reference.target], holes: [subject.reference.hole])
    #expect(verdicts.count == 1 && (0..<classes.count).contains(verdicts[0]))
    let fresh = WeightStore(tensors: try recipe.initialWeights())
    let before = try recipe.loss(fresh, samples: 0..<72).loss.values[0]
    let after = try recipe.loss(WeightStore(folder: folder.judge), samples: 0..<72).loss.values[0]
    #expect(after < before, "\(before) before, \(after) after")
  }

  @Test func `a folder without a probe is refused`() {
    #expect(throws: EvidenceError.self) { try Probe(folder: "/nowhere") }
  }
}
