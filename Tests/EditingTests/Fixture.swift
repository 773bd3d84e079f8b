import Foundation
import TestSupport
import Testing

@testable import Editing

/// Golden files of the reference pipeline, made by `Scripts/fixtures/make_pipeline.py`, and small
/// pictures of every kind.
enum Fixture {
  static func path(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return folder.appending(path: name).path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  private static let golden = Result {
    try EditorModel(folder: path("pipeline/model"), name: "golden")
  }
  private static let second = Result {
    try EditorModel(folder: path("pipeline-sd2/model"), name: "golden")
  }
  private static let embedded = Result {
    try EditorModel(folder: embeddedPath, name: "embedded")
  }
  /// The folder of the model that the service carries.
  static var embeddedPath: String {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return root.appending(path: "Sources/DefaultModel/Model").path
  }

  /// Random weights, 64 model pixels: fast, and as good as any for what is around the model.
  static func model() throws -> EditorModel { try golden.get() }
  /// The same of the 2.x layout, without channels for a mask.
  static func secondModel() throws -> EditorModel { try second.get() }
  /// That with settings of its own, and another autoencoder if one is named, put together by
  /// symbolic links.
  static func secondModel(settings: String, tinyAutoencoder: String? = nil) throws -> EditorModel {
    let folder = try path("pipeline-sd2")
    let files = FileManager.default
    let scratch = try ScratchFolder()
    let assembly = scratch.path
    for part in ["scheduler", "text_encoder", "tokenizer", "unet", "vae"] {
      let other = part == "vae" ? tinyAutoencoder : nil
      try files.createSymbolicLink(
        atPath: "\(assembly)/\(part)",
        withDestinationPath: "\(folder)/\(other ?? "model/\(part)")")
    }
    let index = try String(contentsOfFile: folder + "/model/model_index.json", encoding: .utf8)
    let className = tinyAutoencoder == nil ? "AutoencoderKL" : "AutoencoderTiny"
    try index.replacing("AutoencoderKL", with: className)
      .write(toFile: assembly + "/model_index.json", atomically: true, encoding: .utf8)
    try settings.write(toFile: assembly + "/byteedit.json", atomically: true, encoding: .utf8)
    return try EditorModel(folder: assembly, name: "golden")
  }

  /// The model that the service carries.
  static func embeddedModel() throws -> EditorModel { try embedded.get() }

  static func editor() throws -> Editor { Editor(model: try model(), build: "test") }
  /// The same with judges.
  static func judgedEditor() throws -> Editor {
    Editor(model: try model(), judges: try FakeJudges.all(), build: "test")
  }

  static func cases(_ folder: String) throws -> [PipelineCase] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      [PipelineCase].self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/cases.json")))
  }

  /// Two steps without guidance: as quick as an edit can be.
  static func request(image: [UInt8], mask: [UInt8]?, seed: UInt32 = 5) -> EditRequest {
    var request = EditRequest(image: image, mask: mask)
    request.prompt = "a red balloon"
    request.steps = 2
    request.sampler = .ddim
    request.guidanceScale = 1
    request.seed = seed
    return request
  }
}

/// One run of the reference pipeline.
struct PipelineCase: Decodable, Sendable, CustomTestStringConvertible {
  var sampler: String
  var steps: Int
  var guidanceScale: Double
  var strength: Double
  var seed: UInt32
  var prompt: String
  var negativePrompt: String
  /// How many layers of the text encoder the prompt does without.
  var clipSkip: Int?
  /// The folder of the autoencoder that stands in for the model's own.
  var vae: String?

  var testDescription: String { "\(sampler), strength \(strength), guidance \(guidanceScale)" }
}
