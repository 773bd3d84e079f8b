import Foundation
import Imaging
import Testing

@testable import Editing

/// What one edit does to pictures of every size, shape and kind.
@Suite struct EditTests {
  /// Edits and checks what every edit promises; returns the decoded result.
  @discardableResult
  private func edit(
    _ request: EditRequest, hole: Hole?, offset: (x: Int, y: Int) = (0, 0),
    model: EditorModel? = nil
  ) throws -> (EditResult, Picture) {
    let editor = Editor(model: try model ?? Fixture.model(), build: "test")
    let result = try editor.edit(request)
    let candidate = try #require(result.candidates.first)
    let before = try ImageDecoder.decode(request.image)
    let after = try ImageDecoder.decode(candidate.bytes)
    #expect((candidate.width, candidate.height) == (after.width, after.height))
    #expect(after.channels == before.channels && after.depth == before.depth)
    #expect(after.profile == before.profile && after.pngColour == before.pngColour)
    #expect(before.changedPixels(in: after, offset: offset, hole: hole) == 0)
    #expect(candidate.preserved.maxAbsDiff == 0 && candidate.preserved.differingCount == 0)
    return (result, after)
  }

  private func request(_ hole: Hole) -> EditRequest {
    Fixture.request(
      image: Scene.png(width: hole.width, height: hole.height), mask: hole.png)
  }

  @Test(arguments: EditTask.allCases)
  func `the embedded model does every task`(_ task: EditTask) throws {
    let hole = Hole(width: 150, height: 110, boxes: [(50, 40, 45, 40)])
    var request = EditRequest(image: Scene.png(width: 150, height: 110), mask: hole.png)
    request.task = task
    request.prompt = task == .inpaint ? "a red apple" : ""
    request.steps = 2
    if task == .outpaint {
      request.mask = nil
      request.expansion = Expansion(left: 30, top: 0, right: 7, bottom: 21)
    }
    let model = try Fixture.embeddedModel()
    let (result, after) = try edit(
      request, hole: task == .outpaint ? nil : hole, offset: task == .outpaint ? (30, 0) : (0, 0),
      model: model)
    #expect((after.width, after.height) == (task == .outpaint ? (187, 131) : (150, 110)))
    #expect(result.maskRule == (task == .outpaint ? "border" : "luma"))
    let share = task == .outpaint ? 1 - 16_500.0 / (187 * 131) : 1800 / 16_500.0
    #expect(abs(result.maskShare - share) < 1e-12)
    #expect(result.warnings.isEmpty && !result.isPromptTruncated)
    #expect(result.candidates[0].receipt.task == task.rawValue)
    #expect(Set(result.timings.keys) == Set(EditStage.allCases).subtracting([.score]))
  }

  @Test func `the hole is drawn anew`() throws {
    let hole = Hole(width: 90, height: 70, boxes: [(20, 20, 30, 30)])
    let (_, after) = try edit(request(hole), hole: hole)
    let before = try ImageDecoder.decode(Scene.png(width: 90, height: 70))
    #expect(before.changedPixels(in: after, hole: nil) > 800)
  }

  @Test(arguments: [
    [(0, 0, 9, 9)], [(81, 61, 9, 9)], [(0, 30, 90, 5)], [(40, 0, 3, 70)], [(0, 0, 1, 1)],
    [(2, 2, 10, 10), (70, 5, 12, 12), (30, 55, 20, 10)], [(0, 0, 90, 69)], [(0, 0, 90, 70)],
    [(0, 0, 2, 70), (88, 0, 2, 70), (0, 0, 90, 2), (0, 68, 90, 2)],
  ])
  func `holes at borders, many holes and the full mask`(_ boxes: [(Int, Int, Int, Int)]) throws {
    let hole = Hole(width: 90, height: 70, boxes: boxes)
    let (result, _) = try edit(request(hole), hole: hole)
    let preserved = result.candidates[0].preserved
    #expect(preserved.pixelCount == hole.isEdited.count { !$0 })
    #expect(abs(result.maskShare - 1 + Double(preserved.pixelCount) / 6300) < 1e-12)
  }

  @Test(arguments: [(1, 1), (1, 500), (500, 1), (3, 2), (2, 3), (7, 300), (640, 9)])
  func `tiny and thin pictures`(_ width: Int, _ height: Int) throws {
    for all in [true, false] {
      var hole = Hole(width: width, height: height, all: all)
      hole.mark(width / 2, height / 2)
      try edit(request(hole), hole: hole)
    }
  }

  @Test(arguments: [
    "grey8.png", "grey1.png", "grey16.png", "greyalpha8.png", "rgb16.png", "rgba16.png",
    "palette8.png", "palette8-trns.png", "cmyk.jpg", "wide8.png", "wide16.png",
    "grey-profile.png", "gamma.png", "orientation6.jpg",
  ])
  func `every kind of picture`(_ name: String) throws {
    let bytes = try Fixture.bytes("inputs/\(name)")
    let before = try ImageDecoder.decode(bytes)
    let hole = Hole(width: before.width, height: before.height, boxes: [(2, 1, 5, 4)])
    let (result, after) = try edit(Fixture.request(image: bytes, mask: hole.png), hole: hole)
    #expect(result.warnings.count == before.notes.count)
    #expect(before.changedPixels(in: after, hole: nil) > 0)
    guard after.hasAlpha else { return }
    let opaque = after.depth == 8 ? 255 : 65_535
    for index in hole.isEdited.indices where hole.isEdited[index] {
      #expect(after.samples[index * 4 + 3] == opaque)
    }
  }

  @Test func `JPEG reports its real difference`() throws {
    let hole = Hole(width: 64, height: 48, boxes: [(10, 10, 20, 20)])
    var request = request(hole)
    request.output.format = .jpeg
    request.output.quality = 80
    let candidate = try #require(try Fixture.editor().edit(request).candidates.first)
    let before = try ImageDecoder.decode(request.image).samples
    let after = try ImageDecoder.decode(candidate.bytes).samples
    let largest = hole.isEdited.indices.filter { !hole.isEdited[$0] }.flatMap { pixel in
      (pixel * 3..<pixel * 3 + 3).map { abs(before[$0] - after[$0]) }
    }.max()
    #expect(candidate.mediaType == "image/jpeg" && candidate.bytes.starts(with: [0xFF, 0xD8]))
    #expect(candidate.preserved.maxAbsDiff == largest && candidate.preserved.differingShare > 0.1)
    request.output.quality = 20
    let worse = try #require(try Fixture.editor().edit(request).candidates.first)
    #expect(worse.bytes.count < candidate.bytes.count)
  }

  @Test func `a feathered edit fades in from the hole's border`() throws {
    let hole = Hole(width: 64, height: 64, boxes: [(12, 12, 40, 40)])
    var request = request(hole)
    let (_, sharp) = try edit(request, hole: hole)
    request.feather = 8
    let (_, soft) = try edit(request, hole: hole)
    let before = try ImageDecoder.decode(request.image).samples
    func change(_ picture: Picture, _ x: Int, _ y: Int) -> Int {
      (0..<3).reduce(0) { sum, channel in
        sum + abs(picture.samples[(y * 64 + x) * 3 + channel] - before[(y * 64 + x) * 3 + channel])
      }
    }
    let border = (12..<52).map { ($0, 12) }
    let changes = { (picture: Picture) in border.reduce(0) { $0 + change(picture, $1.0, $1.1) } }
    #expect(changes(soft) < changes(sharp) / 3)
    #expect(change(soft, 32, 32) == change(sharp, 32, 32))
  }
}
