import Datasets
import Diffusion
import Editing
import Foundation
import Imaging
import TestSupport
import Testing

@testable import Recipes

/// Squares on grey, drawn by the embedded editor in one step.
private struct SquareSubjects: CandidateSubjects {
  let summary = "squares"

  func subject(_ index: Int) throws -> CandidateSubject {
    let side = 32
    func picture(_ value: (Int, Int) -> Float) throws -> FloatImage {
      try FloatImage(
        width: side, height: side, channels: 3,
        pixels: (0..<side * side * 3).map { value($0 / 3 % side, $0 / 3 / side) })
    }
    func mask(_ margin: Int) throws -> Mask {
      try Mask(
        width: side, height: side,
        coverage: (0..<side * side).map { place in
          let inside =
            (margin..<side - margin).contains(place % side)
            && (margin..<side - margin).contains(place / side)
          return inside ? 255 : 0
        })
    }
    let background = try picture { x, _ in 0.4 + 0.1 * Float(x) / 32 }
    let target = try picture { x, y in
      (12..<20).contains(x) && (12..<20).contains(y) ? 0.9 : 0.4 + 0.1 * Float(x) / 32
    }
    return CandidateSubject(
      task: .inpaint, prompt: "a star \(index)", request: "a star", source: background,
      reference: try OracleReference(
        background: background, target: target, instance: try mask(12), hole: try mask(8)),
      attributes: ["noun": "star"], clusters: ["scene": "\(index)"])
  }
}

@Suite struct CandidateMakerTests {
  private static let model = Result {
    let root = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return try EditorModel(
      folder: root.appending(path: "Sources/DefaultModel/Model").path, name: "embedded")
  }

  private func plan(_ model: EditorModel, steps: [Int] = [1]) throws -> CandidatePlan {
    try CandidatePlan(
      perPrompt: 2, steps: steps, guidanceScales: [1, 2], samplers: [.ddim], seed: 4,
      model: model.hash, data: SquareSubjects().summary)
  }

  private func run(_ count: Int, _ scratch: ScratchFolder) throws -> CandidateFolder {
    let model = try Self.model.get()
    let plan = try plan(model)
    var folder = try CandidateFolder(path: scratch.path, plan: plan)
    try CandidateMaker(model: model, subjects: SquareSubjects(), plan: plan)
      .make(count, in: &folder)
    return folder
  }

  @Test func `everything that judges need is written, and can be read again`() throws {
    let scratch = try ScratchFolder()
    let folder = try run(3, scratch)
    #expect(folder.records.map(\.id) == ["000000", "000001", "000002"])
    let read = try CandidateFolder(reading: scratch.path)
    #expect(read.records == folder.records)
    let record = try #require(read.records.first)
    #expect(record.candidates.map(\.guidanceScale).sorted() == [1, 2])
    let source = try read.read(record.source)
    let mask = try read.readMask(record.mask, width: 32, height: 32)
    let drawn = try read.read(record.candidates[0].file)
    for (index, coverage) in mask.coverage.enumerated() where coverage == 0 {
      #expect(drawn.pixels[index * 3] == source.pixels[index * 3])
    }
    #expect(drawn != source)
    #expect(try read.read(record.reconstruction).width == 32)
    #expect(record.candidates.allSatisfy { $0.scores[.silhouette] != nil })
    let written = try folder.writePreferences(margin: 0)
    for (name, count) in [
      ("preferences", written.training), ("preferences-evaluation", written.evaluation),
    ] {
      let path = "\(scratch.path)/\(name).jsonl"
      #expect(try PreferenceFile.problems(in: path).isEmpty)
      #expect(try PreferenceFile.read(path).count == count && count > 0)
    }
  }

  @Test func `a run that was cut off goes on, and comes to the same`() throws {
    let whole = try ScratchFolder()
    _ = try run(10, whole)
    let torn = try ScratchFolder()
    _ = try run(8, torn)
    // As a kill in the middle of a line leaves it.
    let manifest = String(decoding: try #require(torn.bytes("manifest.jsonl")), as: UTF8.self)
    try String(manifest.dropLast(manifest.count / 3)).write(
      toFile: "\(torn.path)/manifest.jsonl", atomically: true, encoding: .utf8)
    let folder = try run(10, torn)
    #expect(Set(folder.records.map(\.id)).count == 10 && folder.records.count == 10)
    let files = try CandidateFolder(reading: whole.path).records.map(\.candidates).joined()
    for candidate in files {
      let (first, second) = (
        try CandidateFolder(reading: whole.path).read(candidate.file),
        try folder.read(candidate.file)
      )
      let far = zip(first.pixels, second.pixels).map { abs($0 - $1) }.max() ?? 1
      #expect(far <= 1.01 / 255)
    }
  }

  @Test func `a folder of other settings is refused`() throws {
    let scratch = try ScratchFolder()
    _ = try run(1, scratch)
    let model = try Self.model.get()
    #expect(throws: RecipeError.otherSettings(path: "\(scratch.path)/settings.json")) {
      try CandidateFolder(path: scratch.path, plan: try plan(model, steps: [2]))
    }
  }
}
