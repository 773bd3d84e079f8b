import Imaging
import Testing

@testable import Editing

/// Edits of model-size pictures against the editor that reads files.
@Suite struct CropEditTests {
  private static let side = 64

  private static func edit(_ seed: UInt32) throws -> CropEdit {
    let pixels = (0..<side * side * 3).map { index in
      Float((index / 3 * Int(seed + 3) + index % 3 * 40) % 256) / 255
    }
    let coverage = (0..<side * side).map { index -> UInt8 in
      let (x, y) = (index % side, index / side)
      return (16..<40).contains(x) && (8 + Int(seed)..<44).contains(y) ? 255 : 0
    }
    return CropEdit(
      picture: try FloatImage(width: side, height: side, channels: 3, pixels: pixels),
      hole: try Mask(width: side, height: side, coverage: coverage),
      prompt: ["an apple", "a house", "background"][Int(seed) % 3], seed: seed)
  }

  private static let settings = CropEditSettings(sampler: .ddim, steps: 2, guidanceScale: 2.5)

  private func difference(_ first: FloatImage, _ second: FloatImage) -> Float {
    zip(first.pixels, second.pixels).map { abs($0 - $1) }.max() ?? 1
  }

  @Test func `a batch gives what single edits give`() throws {
    let model = try Fixture.embeddedModel()
    let edits = try (0..<3 as Range<UInt32>).map(Self.edit)
    let batch = try model.draw(edits, settings: Self.settings)
    for (edit, drawn) in zip(edits, batch) {
      let single = try #require(try model.draw([edit], settings: Self.settings).first)
      #expect(difference(single, drawn) < 2e-3)
    }
    #expect(difference(batch[0], batch[1]) > 0.1)
  }

  @Test func `the drawing is the editor's own for the same picture, hole, prompt and seed`() throws
  {
    let model = try Fixture.embeddedModel()
    let edit = try Self.edit(1)
    let side = Self.side
    let picture = try Picture(
      width: side, height: side, channels: 3,
      samples: edit.picture.pixels.map { UInt8(($0 * 255).rounded()) })
    let mask = try Picture(
      width: side, height: side, channels: 3,
      samples: edit.hole.coverage.flatMap { [$0, $0, $0] })
    var request = EditRequest(
      image: try ImageEncoder.png(picture), mask: try ImageEncoder.png(mask))
    (request.prompt, request.seed) = (edit.prompt, edit.seed)
    (request.steps, request.guidanceScale, request.sampler) = (2, 2.5, .ddim)
    (request.resolution, request.context) = (side, .full)
    (request.repairsSeams, request.composites) = (false, false)
    let result = try Editor(model: model, build: "test").edit(request)
    let decoded = try ImageDecoder.decode(try #require(result.candidates.first).bytes)
    let theirs = try decoded.region(decoded.bounds)
    let ours = try #require(try model.draw([edit], settings: Self.settings).first)
    #expect(difference(ours, theirs) < 0.51 / 255)
  }

  @Test func `a sampler that draws noise, and a model without mask, come one by one`() throws {
    let model = try Fixture.embeddedModel()
    let edits = try (0..<2 as Range<UInt32>).map(Self.edit)
    var settings = Self.settings
    settings.sampler = .ddpm
    let noisy = try model.draw(edits, settings: settings)
    let alone = try model.draw([edits[1]], settings: settings)
    #expect(noisy.count == 2 && noisy[1] == alone[0])
    let second = try Fixture.secondModel()
    let drawn = try second.draw(edits, settings: Self.settings)
    let single = try second.draw([edits[1]], settings: Self.settings)
    #expect(drawn.count == 2 && drawn[1] == single[0])
  }

  @Test func `a reconstruction is near the picture and of its size`() throws {
    let model = try Fixture.embeddedModel()
    let smooth = try FloatImage(
      width: 64, height: 32, channels: 3,
      pixels: (0..<64 * 32 * 3).map { 0.3 + 0.4 * Float($0 / 3 % 64) / 64 })
    let again = try model.reconstructed([smooth, smooth])
    #expect(again.count == 2 && again[0].width == 64 && again[0].height == 32)
    let error = zip(again[1].pixels, smooth.pixels).map { abs($0 - $1) }.reduce(0, +)
    #expect(error / Float(smooth.pixels.count) < 0.05)
    #expect(try model.reconstructed([]).isEmpty)
  }

  @Test func `what cannot be drawn is refused`() throws {
    let model = try Fixture.embeddedModel()
    var odd = try Self.edit(0)
    odd.picture = FloatImage(repeating: 0, width: 60, height: 64, channels: 3)
    #expect(throws: EditError.self) { try model.draw([odd], settings: Self.settings) }
    var grey = try Self.edit(0)
    grey.picture = FloatImage(repeating: 0, width: 64, height: 64, channels: 1)
    #expect(throws: EditError.self) { try model.draw([grey]) }
    var empty = try Self.edit(0)
    empty.hole = try Mask(width: 64, height: 64, coverage: [UInt8](repeating: 0, count: 4096))
    #expect(throws: EditError.self) { try model.draw([empty]) }
    let other = CropEdit(
      picture: FloatImage(repeating: 0, width: 32, height: 32, channels: 3),
      hole: try Mask(width: 32, height: 32, coverage: [UInt8](repeating: 9, count: 1024)),
      prompt: "", seed: 0)
    #expect(throws: EditError.self) { try model.draw([try Self.edit(0), other]) }
  }

  @Test func `texts become points: like ones are nearer than unlike ones, in any batch`() throws {
    let embedder = try TextEmbedder(folder: Fixture.embeddedPath)
    let texts = ["a red apple", "a red apple on a table", "a tall house by the sea"]
    let values = try embedder(texts)
    #expect(values.count == 3 * embedder.width)
    func point(_ index: Int) -> ArraySlice<Float> {
      values[index * embedder.width..<(index + 1) * embedder.width]
    }
    func distance(_ a: Int, _ b: Int) -> Float {
      zip(point(a), point(b)).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    }
    #expect(distance(0, 1) < distance(0, 2))
    let single = try embedder(texts, batch: 1)
    #expect(zip(values, single).allSatisfy { abs($0 - $1) < 1e-4 })
    #expect(throws: (any Error).self) { try TextEmbedder(folder: "/nowhere") }
  }
}
