import Foundation
import Imaging
import Testing

@testable import Editing

/// What seam repair does for the model that the service carries, on a ring around the hole.
@Suite struct SeamTests {
  private struct Figures {
    var before = 0.0
    var after = 0.0
    /// The same on the finished pictures, at their own size.
    var plain = 0.0
    var repaired = 0.0
  }

  private func figures(_ index: Int) throws -> Figures {
    var generator = SeededGenerator(UInt64(index))
    let (width, height) = (generator.integer(90...260), generator.integer(90...260))
    let (w, h) = (generator.integer(25...60), generator.integer(25...60))
    let box = (generator.integer(8...width - w - 8), generator.integer(8...height - h - 8), w, h)
    let hole = Hole(width: width, height: height, boxes: [box])
    var request = EditRequest(
      image: Scene.png(width: width, height: height, seed: UInt64(index)), mask: hole.png)
    request.task = index % 2 == 0 ? .erase : .inpaint
    request.prompt = index % 2 == 0 ? "" : ["a red apple", "tree", "house"][index % 3]
    request.seed = UInt32(index)
    request.steps = 4
    let editor = Editor(model: try Fixture.embeddedModel(), build: "test")
    let mask = try Mask(
      width: width, height: height, coverage: hole.isEdited.map { $0 ? 255 : 0 })
    func shift(_ candidate: EditCandidate) throws -> Double {
      let picture = try ImageDecoder.decode(candidate.bytes)
      return 255 * (try picture.region(picture.bounds).seam(of: mask).shift)
    }
    let repaired = try editor.edit(request).candidates[0]
    request.repairsSeams = false
    let plain = try editor.edit(request).candidates[0]
    #expect(plain.seam.before == repaired.seam.before && plain.seam.after == plain.seam.before)
    return Figures(
      before: repaired.seam.before, after: repaired.seam.after, plain: try shift(plain),
      repaired: try shift(repaired))
  }

  @Test func `repair makes the step of colour at the border smaller`() throws {
    let all = try (0..<20).map(figures)
    func statistic(_ value: (Figures) -> Double) -> (mean: Double, deviation: Double) {
      let values = all.map(value)
      let mean = values.reduce(0, +) / Double(values.count)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
      return (mean, variance.squareRoot())
    }
    let (before, after) = (statistic(\.before), statistic(\.after))
    let (plain, repaired) = (statistic(\.plain), statistic(\.repaired))
    func text(_ statistic: (mean: Double, deviation: Double)) -> String {
      String(format: "%.2f ± %.2f", statistic.mean, statistic.deviation)
    }
    print(
      "seam shift over \(all.count) edits, levels: model size \(text(before)) -> \(text(after)),"
        + " picture size \(text(plain)) -> \(text(repaired))")
    #expect(after.mean < 0.7 * before.mean)
    #expect(repaired.mean < 0.7 * plain.mean)
    #expect(all.count { $0.after < $0.before } >= 16)
  }
}
