import Checkpoints
import Diffusion
import Foundation
import Imaging
import Tensors
import Testing

@testable import Editing

/// The whole pipeline against diffusers: same checkpoint, same seed, raw decoded pixels.
@Suite struct PipelineParityTests {
  private let folder: String
  private let model: EditorModel

  init() throws {
    folder = try Fixture.path("pipeline")
    model = try Fixture.model()
  }

  /// The plain pipeline of the reference: `--context full --no-seam-repair --no-composite
  /// --hole-fill grey --mask-resize nearest`.
  private func request(_ golden: PipelineCase) throws -> EditRequest {
    var request = EditRequest(
      image: try Fixture.bytes("pipeline/image.png"), mask: try Fixture.bytes("pipeline/mask.png"))
    request.prompt = golden.prompt
    request.negativePrompt = golden.negativePrompt
    request.seed = golden.seed
    request.steps = golden.steps
    request.guidanceScale = golden.guidanceScale
    request.strength = golden.strength
    request.sampler = SamplerKind(rawValue: golden.sampler)
    request.resolution = 64
    request.context = .full
    request.maskReduction = .nearest
    request.holeFill = .grey
    request.repairsSeams = false
    request.composites = false
    return request
  }

  /// Mean absolute difference of the written pixels to the reference's, in 1/255.
  private func difference(
    _ request: EditRequest, model: EditorModel, case index: Int
  ) throws -> Double {
    let editor = Editor(model: model, build: "test")
    let candidate = try #require(try editor.edit(request).candidates.first)
    let picture = try ImageDecoder.decode(candidate.bytes)
    let expected = try SafetensorsFile(path: folder + "/expected.safetensors")
      .tensor("case\(index)").values
    try #require(expected.count == picture.levels.count)
    let sum = zip(picture.levels, expected).reduce(0) { $0 + abs($1.0 - 255 * Double($1.1)) }
    return sum / Double(expected.count)
  }

  @Test(arguments: 0..<5)
  func `the same seed gives the reference's pixels`(_ index: Int) throws {
    let golden = try Fixture.cases(folder)[index]
    let difference = try difference(try request(golden), model: model, case: index)
    // Rounding to whole levels alone makes 0.25 of a level on average.
    #expect(difference <= 0.5, "\(golden.testDescription): \(difference) levels")
  }

  @Test func `another seed, prompt, mask reduction or hole fill is seen`() throws {
    let golden = try Fixture.cases(folder)[0]
    let faults: [(inout EditRequest) -> Void] = [
      { $0.seed += 1 }, { $0.prompt = "a house" }, { $0.negativePrompt = "" },
      { $0.maskReduction = .max }, { $0.holeFill = .pushPull }, { $0.guidanceScale = 7 },
    ]
    for (number, fault) in faults.enumerated() {
      var request = try request(golden)
      fault(&request)
      let difference = try difference(request, model: model, case: 0)
      #expect(difference > 1, "fault \(number) hides: \(difference) levels")
    }
  }
}
