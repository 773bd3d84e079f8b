import Foundation
import Imaging
import Testing

@testable import Editing

/// The promise: outside the mask the result's pixels are the input's, bit for bit in PNG, for 1,000
/// pictures, masks and settings by chance.
@Suite struct PreservedPixelsTests {
  /// Noise in place of the model, beyond 0...1 now and then.
  private struct Noise: CandidateDrawing {
    let text = TextReading()
    let plan: CropPlan
    let seed: UInt32

    func draw(_ index: Int, clock: inout StageClock) throws -> FloatImage {
      var generator = SeededGenerator(UInt64(seed) + 7)
      let pixels = (0..<plan.modelWidth * plan.modelHeight * 3).map { _ in
        Float(generator.next() >> 40) / Float(1 << 24) * 1.5 - 0.25
      }
      return try FloatImage(
        width: plan.modelWidth, height: plan.modelHeight, channels: 3, pixels: pixels)
    }
  }

  /// Edits and compares; returns how many pixels the edit changed.
  private func check(_ edit: RandomEdit, editor: Editor, _ comment: Comment) throws -> Int {
    let result = try editor.edit(edit.request)
    let candidate = try #require(result.candidates.first)
    let before = try ImageDecoder.decode(edit.request.image)
    let after = try ImageDecoder.decode(candidate.bytes)
    try #require(
      (after.width, after.height) == (edit.allowed.width, edit.allowed.height), comment)
    try #require(after.channels == before.channels && after.depth == before.depth, comment)
    let changed = before.changedPixels(in: after, offset: edit.offset, hole: edit.allowed)
    #expect(changed == 0, comment)
    #expect(candidate.preserved.maxAbsDiff == 0, comment)
    #expect(candidate.preserved.pixelCount == edit.allowed.isEdited.count { !$0 }, comment)
    #expect(alphaIsOpaque(after, edit.allowed), comment)
    try write(edit, candidate.bytes)
    return before.changedPixels(in: after, offset: edit.offset, hole: nil)
  }

  private func alphaIsOpaque(_ picture: Picture, _ hole: Hole) -> Bool {
    guard picture.hasAlpha else { return true }
    let (samples, opaque) = (picture.samples, picture.depth == 8 ? 255 : 65_535)
    return hole.isEdited.indices.allSatisfy {
      !hole.isEdited[$0] || samples[$0 * 4 + 3] == opaque
    }
  }

  /// For `Scripts/check-preserved`, which decodes the files by another library.
  private func write(_ edit: RandomEdit, _ result: [UInt8]) throws {
    guard let folder = ProcessInfo.processInfo.environment["BYTEEDIT_PRESERVED_DIR"] else { return }
    let seed = edit.request.seed
    let files = ["original": edit.request.image, "mask": edit.allowed.png, "result": result]
    for (name, bytes) in files {
      let path = "\(folder)/\(seed)-\(edit.offset.x)-\(edit.offset.y)-\(name).png"
      try Data(bytes).write(to: URL(fileURLWithPath: path))
    }
  }

  @Test func `950 edits that draw noise keep every pixel outside the mask`() throws {
    let editor = Editor(model: try Fixture.model(), build: "test") { _, crop, request, _, _, _ in
      Noise(plan: crop.plan, seed: request.seed)
    }
    var generator = SeededGenerator(2026)
    var changed = 0
    for round in 0..<950 {
      let edit = RandomEdit(round, using: &generator)
      changed += try check(edit, editor: editor, "round \(round)")
    }
    #expect(changed > 100_000)
  }

  @Test func `50 edits that draw by the model keep every pixel outside the mask`() throws {
    let editor = try Fixture.editor()
    var generator = SeededGenerator(3)
    var changed = 0
    for round in 950..<1000 {
      let edit = RandomEdit(round, using: &generator)
      changed += try check(edit, editor: editor, "round \(round)")
    }
    #expect(changed > 5000)
  }
}
