import Checkpoints
import Foundation
import Imaging
import Tensors
import Testing

@testable import Editing

/// Golden files of the reference pipeline, made by `Scripts/fixtures/make_pipeline.py`.
enum Fixture {
  static func path(_ name: String) throws -> String {
    let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
    return folder.appending(path: name).path
  }

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  static func model() throws -> EditorModel {
    try EditorModel(folder: path("pipeline/model"), name: "golden")
  }

  static func cases(_ folder: String) throws -> [PipelineCase] {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(
      [PipelineCase].self, from: Data(contentsOf: URL(fileURLWithPath: folder + "/cases.json")))
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

  var testDescription: String { "\(sampler), strength \(strength), guidance \(guidanceScale)" }
}

extension Picture {
  /// Samples as 0 ... 255 numbers.
  var levels: [Double] { pixels.map(Double.init) }
}
