import Foundation
import Tensors
import TestSupport
import Testing
import Tokenizers

@testable import Recipes

enum Vocabularies {
  static func small() throws -> WordPieceVocabulary {
    try WordPieceVocabulary(words: ["a red cup on a table"], extraTokens: ["[DEC]", "[ENC]"])
  }
}

/// Runs that begin with a judge that was trained before.
@Suite struct StartingWeightsTests {
  private func configuration(_ start: String, width: Int = 32) throws -> RecipeConfiguration {
    let document: [String: Any] = [
      "network": [
        "imageSize": 32, "patch": 8, "width": width, "heads": 2, "layers": 1, "textLayers": 1,
        "textHeads": 2, "start": start,
      ]
    ]
    return try RecipeConfiguration(
      for: .aesthetic, document: JSONSerialization.data(withJSONObject: document))
  }

  private func recipe(
    _ configuration: RecipeConfiguration, in folder: RunFolder
  ) throws -> any Recipe {
    try JudgeRecipe.aesthetic.make(
      configuration,
      TrainingSources(
        for: .aesthetic, configuration, editor: "none", in: folder, report: { _ in }))
  }

  private func starting(
    _ start: String, blend: String = "", share: Double = 0.5
  ) -> NetworkSettings {
    var settings = NetworkSettings()
    (settings.start, settings.blend, settings.blendShare) = (start, blend, share)
    return settings
  }

  @Test func `a run may begin with the average of two judges`() throws {
    let scratch = try ScratchFolder()
    let made = try recipe(configuration(""), in: RunFolder(scratch.path))
    let random = try made.initialWeights()
    let (one, two) = (scratch.path + "/one", scratch.path + "/two")
    try made.write(random.mapValues { $0 * 0 + 1 }, to: one)
    try made.write(random.mapValues { $0 * 0 + 5 }, to: two)
    let names = try StartingWeights.of(made, from: starting(one)).filter {
      $0.value.values.allSatisfy { $0 == 1 }
    }.keys
    #expect(!names.isEmpty)
    let blended = try StartingWeights.of(made, from: starting(one, blend: two, share: 0.25))
    for name in names { #expect(blended[name]?.values.allSatisfy { $0 == 2 } == true, "\(name)") }
    try Data("other".utf8).write(to: URL(fileURLWithPath: two + "/vocab.txt"))
    let error = #expect(throws: RecipeError.self) {
      try StartingWeights.of(made, from: starting(one, blend: two))
    }
    #expect(error?.description.contains("network.blend") == true)
    #expect(throws: RecipeError.self) { try starting("", blend: two).check() }
    #expect(throws: RecipeError.self) { try starting(one, blend: two, share: 1.5).check() }
  }

  @Test func `a run begins with the judge's weights and words`() throws {
    let (first, second) = (try ScratchFolder(), try ScratchFolder())
    let begun = try recipe(configuration(""), in: RunFolder(first.path))
    let random = try begun.initialWeights()
    #expect(
      try StartingWeights.of(begun, from: NetworkSettings()).mapValues(\.values)
        == random.mapValues(\.values))
    var trained = random
    for name in trained.keys.filter({ $0.contains("mlp") }) {
      trained[name] = random[name].map { $0 * 2 + 1 }
    }
    let judge = first.path + "/judge"
    try begun.write(trained, to: judge)
    var other = try configuration(judge)
    other.run.seed = 5
    let follower = try recipe(other, in: RunFolder(second.path))
    #expect(
      try WordPieceVocabulary(folder: second.path) == WordPieceVocabulary(folder: judge))
    let found = try StartingWeights.of(follower, from: other.network)
    #expect(found.count == trained.count)
    for (name, tensor) in trained {
      let far = zip(found[name]?.values ?? [], tensor.values).map { abs($0 - $1) }.max()
      // In a file they have half precision.
      #expect((far ?? 1) < 2e-3, "\(name)")
    }
  }

  @Test func `a judge of other sizes, or none at all, is refused`() throws {
    let scratch = try ScratchFolder()
    let small = try recipe(configuration(""), in: RunFolder(scratch.path))
    try small.write(try small.initialWeights(), to: scratch.path + "/judge")
    let large = try recipe(configuration("", width: 64), in: RunFolder(scratch.path))
    let error = #expect(throws: RecipeError.self) {
      try StartingWeights.of(large, from: starting(scratch.path + "/judge"))
    }
    #expect(error?.description.contains("network.start") == true)
    #expect(throws: (any Error).self) {
      try StartingWeights.of(small, from: starting(scratch.path + "/none"))
    }
  }

  @Test func `a judge of picture and hole says so in its folder`() throws {
    let scratch = try ScratchFolder()
    let made = try recipe(configuration(""), in: RunFolder(scratch.path))
    try made.write(try made.initialWeights(), to: scratch.path + "/judge")
    let text = String(decoding: try #require(scratch.bytes("judge/config.json")), as: UTF8.self)
    #expect(text.contains(#""view": "both""#))
  }
}
