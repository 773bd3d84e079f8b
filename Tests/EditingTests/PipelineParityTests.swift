import Checkpoints
import Diffusion
import Foundation
import Imaging
import Tensors
import Testing

@testable import Editing

/// The whole pipeline against diffusers: same checkpoint, same seed, raw decoded pixels.
@Suite struct PipelineParityTests {
  /// The plain pipeline of the reference: `--context full --no-seam-repair --no-composite
  /// --hole-fill grey --mask-resize nearest`.
  private func request(
    _ golden: PipelineCase, folder: String, side: Int
  ) throws -> EditRequest {
    func bytes(_ name: String) throws -> [UInt8] {
      Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
    }
    var request = EditRequest(image: try bytes("image.png"), mask: try bytes("mask.png"))
    request.prompt = golden.prompt
    request.negativePrompt = golden.negativePrompt
    request.seed = golden.seed
    request.steps = golden.steps
    request.guidanceScale = golden.guidanceScale
    request.strength = golden.strength
    request.sampler = SamplerKind(rawValue: golden.sampler)
    request.resolution = side
    request.context = .full
    request.maskReduction = .nearest
    request.holeFill = .grey
    request.repairsSeams = false
    request.composites = false
    return request
  }

  /// How far the written pixels are from the reference's, in 1/255.
  private struct Difference {
    /// Mean distance to the reference's own numbers; rounding to whole levels alone makes 0.25.
    var mean: Double
    /// The share of samples that round to another level.
    var share: Double
  }

  private func difference(
    _ request: EditRequest, model: EditorModel, folder: String, case index: Int
  ) throws -> Difference {
    let editor = Editor(model: model, build: "test")
    let candidate = try #require(try editor.edit(request).candidates.first)
    let levels = try ImageDecoder.decode(candidate.bytes).samples.map(Double.init)
    let expected = try SafetensorsFile(path: folder + "/expected.safetensors")
      .tensor("case\(index)").values.map { 255 * Double($0) }
    try #require(expected.count == levels.count)
    let pairs = zip(levels, expected)
    let count = Double(expected.count)
    return Difference(
      mean: pairs.reduce(0) { $0 + abs($1.0 - $1.1) } / count,
      share: Double(pairs.count { $0.0 != ($0.1 + 0.5).rounded(.down) }) / count)
  }

  @Test(arguments: 0..<12)
  func `the same seed gives the reference's pixels`(_ index: Int) throws {
    let folder = try Fixture.path("pipeline")
    let golden = try Fixture.cases(folder)[index]
    let difference = try difference(
      request(golden, folder: folder, side: 64), model: Fixture.model(), folder: folder,
      case: index)
    #expect(difference.mean <= 0.26, "\(golden.testDescription): \(difference)")
    #expect(difference.share <= 0.001, "\(golden.testDescription): \(difference)")
  }

  /// The model of a case of the 2.x layout: the common one, or with another setting or autoencoder.
  private func model(_ golden: PipelineCase) throws -> EditorModel {
    guard golden.clipSkip != nil || golden.vae != nil else { return try Fixture.secondModel() }
    return try Fixture.secondModel(
      settings: #"{"clip_skip": \#(golden.clipSkip ?? 0)}"#, tinyAutoencoder: golden.vae)
  }

  /// Four channels, v-prediction, OpenCLIP's text half; one case has a tiny autoencoder.
  @Test(arguments: 0..<10)
  func `a model that sees the latent alone gives the reference's pixels`(_ index: Int) throws {
    let folder = try Fixture.path("pipeline-sd2")
    let golden = try Fixture.cases(folder)[index]
    let difference = try difference(
      request(golden, folder: folder, side: 64), model: model(golden),
      folder: folder, case: index)
    print("2.x, \(golden.testDescription): \(difference)")
    #expect(difference.mean <= 0.26, "\(golden.testDescription): \(difference)")
    #expect(difference.share <= 0.001, "\(golden.testDescription): \(difference)")
  }

  @Test(arguments: 0..<6)
  func `every setting of such a model that differs is seen`(_ index: Int) throws {
    let folder = try Fixture.path("pipeline-sd2")
    let golden = try Fixture.cases(folder)[index]
    let model = try model(golden)
    // What stands in the hole of the masked picture is nothing to a model that does not see it.
    for (name, fault) in Self.faults where name != "hole fill" {
      var request = try request(golden, folder: folder, side: 64)
      fault(&request)
      let difference = try difference(request, model: model, folder: folder, case: index)
      #expect(difference.share > 0.02, "\(name) hides in case \(index): \(difference)")
    }
  }

  @Test func `skipping layers is seen`() throws {
    let folder = try Fixture.path("pipeline-sd2")
    let golden = try Fixture.cases(folder)[5]
    try #require(golden.clipSkip == 1)
    let difference = try difference(
      request(golden, folder: folder, side: 64), model: Fixture.secondModel(), folder: folder,
      case: 5)
    #expect(difference.share > 0.02, "\(difference)")
  }

  private static let faults: [(String, @Sendable (inout EditRequest) -> Void)] = [
    ("seed", { $0.seed &+= 1 }), ("prompt", { $0.prompt = "a house" }),
    ("steps", { $0.steps = 7 }), ("mask reduction", { $0.maskReduction = .max }),
    ("hole fill", { $0.holeFill = .pushPull }), ("guidance", { $0.guidanceScale = 7 }),
    ("strength", { $0.strength = $0.strength == 1 ? 0.6 : 1 }),
    ("context", { $0.context = .fraction(0) }), ("composite", { $0.composites = true }),
    ("sampler", { $0.sampler = $0.sampler == .euler ? .dpmSolverMultistep : .euler }),
  ]

  @Test(arguments: 0..<12)
  func `every setting that differs is seen`(_ index: Int) throws {
    let folder = try Fixture.path("pipeline")
    let golden = try Fixture.cases(folder)[index]
    let negative: (String, @Sendable (inout EditRequest) -> Void) = (
      "negative", { $0.negativePrompt = "" }
    )
    for (name, fault) in Self.faults + (golden.guidanceScale > 1 ? [negative] : []) {
      var request = try request(golden, folder: folder, side: 64)
      fault(&request)
      let difference = try difference(
        request, model: Fixture.model(), folder: folder, case: index)
      #expect(difference.share > 0.05, "\(name) hides in case \(index): \(difference)")
    }
  }

  /// Written by `make_pipeline.py --full`; gigabytes, so only where a person asks for it.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["BYTEEDIT_FULL_PIPELINE"] != nil))
  func `a checkpoint of full size gives the reference's pixels`() throws {
    let folder = try #require(ProcessInfo.processInfo.environment["BYTEEDIT_FULL_PIPELINE"])
    let golden = try #require(try Fixture.cases(folder).first)
    let model = try EditorModel(folder: folder + "/model", name: "full")
    let image = try ImageDecoder.decode(
      Array(Data(contentsOf: URL(fileURLWithPath: folder + "/image.png"))))
    let difference = try difference(
      request(golden, folder: folder, side: image.width), model: model, folder: folder, case: 0)
    print("full size, \(image.width) pixels, \(golden.steps) steps: \(difference)")
    #expect(difference.mean <= 0.5, "\(difference)")
  }
}
