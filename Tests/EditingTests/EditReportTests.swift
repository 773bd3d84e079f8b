import Foundation
import Imaging
import Testing

@testable import Editing

/// What an edit tells: events, receipts, provenance, warnings.
@Suite struct EditReportTests {
  private struct Stop: Error, Equatable { var step: Int }

  private func request(count: Int = 1) -> EditRequest {
    let hole = Hole(width: 70, height: 60, boxes: [(20, 20, 20, 15)])
    var request = Fixture.request(image: Scene.png(width: 70, height: 60), mask: hole.png)
    request.count = count
    request.steps = 4
    return request
  }

  @Test func `every step and every stage is told, in order`() throws {
    var steps: [EditEvent] = []
    var stages: [EditStage] = []
    let result = try Fixture.judgedEditor().edit(request(count: 2)) { event in
      switch event {
      case .step: steps.append(event)
      case .stage(let stage, let seconds):
        #expect(seconds >= 0)
        stages.append(stage)
      case .scored, .preview, .resumed, .file: break
      }
    }
    #expect(steps == (0..<2).flatMap { k in (1...4).map { .step($0, of: 4, candidate: k) } })
    let drawing: [EditStage] = [.denoise, .vaeDecode, .composite, .score, .encode]
    #expect(stages == [.decode, .text, .vaeEncode] + drawing + drawing + [.other])
    #expect(Set(result.timings.keys) == Set(EditStage.allCases))
  }

  @Test func `a strength below one tells the steps that are done`() throws {
    var request = request()
    request.strength = 0.5
    var steps: [EditEvent] = []
    _ = try Fixture.editor().edit(request) { event in
      if case .step = event { steps.append(event) }
    }
    #expect(steps == [.step(1, of: 2, candidate: 0), .step(2, of: 2, candidate: 0)])
  }

  @Test func `previews part the steps evenly and keep what lies outside the hole`() throws {
    var request = request(count: 2)
    request.previews = 1
    var previews: [PreviewPicture] = []
    let result = try Fixture.judgedEditor().edit(request) { event in
      if case .preview(let preview) = event { previews.append(preview) }
    }
    #expect(previews.map(\.candidate) == [0, 1] && previews.map(\.step) == [2, 2])
    let mask = try MaskReader.read(
      try #require(request.mask), options: request.maskOptions, width: previews[0].width,
      height: previews[0].height)
    for preview in previews {
      #expect(preview.mediaType == "image/png")
      let difference = try PreservedDifference(
        original: try ImageDecoder.decode(request.image), encoded: preview.bytes,
        mask: mask.mask)
      #expect(difference.maxAbsDiff == 0 && difference.pixelCount > 0)
    }
    // Whoever looks on changes nothing.
    request.previews = 0
    let unseen = try Fixture.judgedEditor().edit(request)
    #expect(unseen.candidates.map(\.bytes) == result.candidates.map(\.bytes))
    #expect(!result.candidates.map(\.bytes).contains(previews[0].bytes))
  }

  @Test(arguments: [
    (1, 8, [4]), (2, 8, [3, 5]), (3, 8, [2, 4, 6]), (3, 2, [1]), (3, 1, []), (0, 8, []),
  ])
  func `previews fall on these steps`(count: Int, steps: Int, expected: [Int]) throws {
    var request = request()
    request.previews = count
    #expect((1...steps).filter { request.showsPreview(afterStep: $0, of: steps) } == expected)
  }

  @Test(arguments: 1...4)
  func `a throw stops the edit at that step and is passed on`(_ last: Int) throws {
    var told = 0
    #expect(throws: Stop(step: last)) {
      try Fixture.editor().edit(request(count: 2)) { event in
        guard case .step(let step, _, _) = event else { return }
        told += 1
        if step == last { throw Stop(step: step) }
      }
    }
    #expect(told == last)
  }

  @Test(arguments: EditStage.allCases)
  func `a throw at a stage stops the edit there`(_ stage: EditStage) throws {
    var told: [EditStage] = []
    #expect(throws: Stop(step: 0)) {
      try Fixture.judgedEditor().edit(request()) { event in
        guard case .stage(let ended, _) = event else { return }
        told.append(ended)
        if ended == stage { throw Stop(step: 0) }
      }
    }
    #expect(told.last == stage && told.count { $0 == stage } == 1)
  }

  /// Keyword and text of every iTXt chunk (PNG, third edition, 11.3.3.4), uncompressed.
  private func texts(_ file: [UInt8]) -> [String: String] {
    var texts: [String: String] = [:]
    for chunk in TinyPNG.chunks(file) where chunk.type == "iTXt" {
      let parts = chunk.data.split(separator: 0, maxSplits: 5, omittingEmptySubsequences: false)
      guard parts.count == 6 else { continue }
      texts[String(decoding: parts[0], as: UTF8.self)] = String(decoding: parts[5], as: UTF8.self)
    }
    return texts
  }

  @Test func `the receipt in the file is the receipt returned`() throws {
    let result = try Fixture.editor().edit(request(count: 2))
    for candidate in result.candidates {
      let texts = texts(candidate.bytes)
      let text = try #require(texts["byteedit:receipt"])
      let receipt = try JSONDecoder().decode(Receipt.self, from: Data(text.utf8))
      #expect(receipt == candidate.receipt && receipt.seed == candidate.seed)
      #expect(receipt.build == "test" && receipt.model == "golden" && receipt.steps == 4)
      #expect(receipt.modelHash.count == 64 && receipt.maskHash.count == 64)
      #expect(texts["XML:com.adobe.xmp"]?.contains("compositeWithTrainedAlgorithmicMedia") == true)
      for word in ["time", "date", "job", "thread", "host"] {
        #expect(!text.lowercased().contains(word), "\(word) in \(text)")
      }
      #expect(!TinyPNG.chunks(candidate.bytes).contains { $0.type == "tIME" })
    }
  }

  @Test func `another hole, setting or model is another receipt`() throws {
    let first = try Fixture.editor().edit(request()).candidates[0].receipt
    let changes: [(inout EditRequest) -> Void] = [
      { $0.maskOptions.grow = 2 }, { $0.steps = 3 }, { $0.context = .full },
      { $0.resolution = 96 }, { $0.sampler = .euler }, { $0.guidanceScale = 2 },
      { $0.strength = 0.5 }, { $0.task = .erase }, { $0.holeFill = .pushPull },
      { $0.maskReduction = .nearest }, { $0.repairsSeams = false }, { $0.feather = 3 },
      { $0.guidanceRescale = 0.5 }, { $0.composites = false },
    ]
    for (index, change) in changes.enumerated() {
      var request = request()
      change(&request)
      let other = try Fixture.editor().edit(request).candidates[0].receipt
      #expect(other != first, "change \(index)")
    }
  }

  @Test func `without provenance the file carries no text`() throws {
    var request = request()
    request.output.carriesProvenance = false
    let candidate = try #require(try Fixture.editor().edit(request).candidates.first)
    let types = TinyPNG.chunks(candidate.bytes).map(\.type)
    #expect(types.contains("IDAT") && types.last == "IEND")
    #expect(!types.contains { ["tEXt", "iTXt", "zTXt", "eXIf", "tIME"].contains($0) })
    request.output.format = .jpeg
    let jpeg = try #require(try Fixture.editor().edit(request).candidates.first)
    #expect(!String(decoding: jpeg.bytes, as: UTF8.self).contains("byteedit"))
  }

  @Test func `prompts that are cut are told`() throws {
    var request = request()
    request.guidanceScale = 2
    let long = Array(repeating: "balloon", count: 40).joined(separator: " ")
    request.prompt = long
    let prompt = try Fixture.editor().edit(request)
    #expect(prompt.isPromptTruncated && !prompt.isNegativePromptTruncated)
    #expect(prompt.warnings.count == 1 && prompt.warnings[0].hasPrefix("The prompt is longer"))
    (request.prompt, request.negativePrompt) = ("tree", long)
    let negative = try Fixture.editor().edit(request)
    #expect(!negative.isPromptTruncated && negative.isNegativePromptTruncated)
    #expect(negative.warnings.count == 1)
  }

  @Test(arguments: [
    ("a red apple", true), ("Two TREES and a house", true), ("pineapple", false),
    ("a spaceship", false), ("", true), ("background", true), ("palm-tree, please", true),
  ])
  func `a prompt outside the vocabulary is warned of`(_ prompt: String, _ isKnown: Bool) throws {
    #expect(try Fixture.embeddedModel().knows(prompt) == isKnown)
    #expect(try Fixture.model().knows(prompt))
  }
}
