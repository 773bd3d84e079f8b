import Foundation
import Imaging
import Testing

@testable import Editing

/// Pictures of unfinished candidates.
@Suite struct PreviewTests {
  private func model(preview: String?) throws -> EditorModel {
    try EditorModel(
      folder: try Fixture.path("pipeline-sd2/model"), name: "golden", preview: preview)
  }

  private func request() -> EditRequest {
    let hole = Hole(width: 90, height: 70, boxes: [(20, 20, 30, 30)])
    var request = Fixture.request(image: Scene.png(width: 90, height: 70), mask: hole.png)
    request.count = 2
    request.steps = 3
    return request
  }

  private func previews(_ model: EditorModel) throws -> (shown: [EditPreview], bytes: [[UInt8]]) {
    var shown: [EditPreview] = []
    let result = try Editor(model: model, build: "test").edit(
      request(), onPreview: { shown.append($0) })
    return (shown, result.candidates.map(\.bytes))
  }

  @Test func `every step is shown, and the edit stays what it is`() throws {
    let (shown, bytes) = try previews(
      try model(preview: try Fixture.path("pipeline-sd2/vae-tiny")))
    #expect(shown.map(\.candidate) == [0, 0, 0, 1, 1, 1])
    #expect(shown.map(\.step) == [1, 2, 3, 1, 2, 3] && shown.allSatisfy { $0.of == 3 })
    for preview in shown {
      #expect(preview.picture.pixels.allSatisfy { (0...1).contains($0) })
      #expect(preview.picture.channels == 3 && preview.picture.width % 8 == 0)
    }
    #expect(shown[0].picture.pixels != shown[2].picture.pixels)
    #expect(shown[2].picture.pixels != shown[5].picture.pixels)
    let (none, plain) = try previews(try Fixture.secondModel())
    #expect(none.isEmpty && plain == bytes)
  }

  @Test func `the last preview is what the model's own autoencoder would give`() throws {
    let own = try Fixture.path("pipeline-sd2/model/vae")
    let model = try model(preview: own)
    var shown: [EditPreview] = []
    var request = request()
    request.count = 1
    request.composites = false
    request.repairsSeams = false
    request.context = .full
    request.resolution = 64
    request.image = Scene.png(width: 64, height: 64)
    request.mask = Hole(width: 64, height: 64, boxes: [(20, 20, 30, 30)]).png
    let result = try Editor(model: model, build: "test").edit(
      request, onPreview: { shown.append($0) })
    let levels = try ImageDecoder.decode(result.candidates[0].bytes).samples.map { Float($0) }
    let last = try #require(shown.last).picture.pixels.map { ($0 * 255).rounded() }
    try #require(last.count == levels.count)
    // DDIM's last latent is its guess of the original, but for one alpha that is not quite one.
    let difference = zip(last, levels).reduce(0) { $0 + abs($1.0 - $1.1) } / Float(last.count)
    #expect(difference < 3, "\(difference)")
  }

  @Test func `what an observer throws stops the edit`() throws {
    struct Stop: Error {}
    let model = try model(preview: try Fixture.path("pipeline-sd2/vae-tiny"))
    var count = 0
    #expect(throws: Stop.self) {
      try Editor(model: model, build: "test").edit(
        request(),
        onPreview: { _ in
          count += 1
          throw Stop()
        })
    }
    #expect(count == 1)
  }

  @Test func `an autoencoder of other latents is refused`() throws {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "ModelsTests/Fixtures/vae-embedded").path
    let error = #expect(throws: EditError.self) { try model(preview: folder) }
    #expect(error?.description.contains("latent channels") == true)
  }
}
