import Checkpoints
import Foundation
import Imaging
import Models
import Rewards
import Tensors
import TestSupport
import Testing
import Tokenizers

/// Published checkpoints in the place of a judge.
@Suite struct PublishedJudgeTests {
  private let clip = Fixtures.path("clip")

  private func picture() throws -> FloatImage {
    try SafetensorsFile(path: clip + "/golden.safetensors").picture("picture1")
  }

  private func raw(
    _ kind: JudgeKind, _ path: String, _ prompt: String = "a red car on the beach"
  ) throws -> Double {
    let judges = Judges([try Judge(kind, path: path)])
    return try #require(try judges.score(try picture(), prompt: prompt).scores[kind]).raw
  }

  @Test func `a folder of transformers' CLIP is CLIPScore`() throws {
    let judge = try Judge(.alignment, path: clip)
    #expect(judge.identity.name == "CLIPScore (ViT-64/7@28)")
    #expect(judge.identity.hash.count == 64)
    let scorer = try CLIPScorer(path: clip)
    for prompt in PictureScorerTests.prompts {
      let wanted = try scorer.score(try picture(), prompt: prompt)
      #expect(try raw(.alignment, clip, prompt) == wanted)
    }
  }

  @Test func `judge json names the scorer, its files and its scale`() throws {
    let fixture = try ScratchFolder()
    try fixture.write(
      "judge.json",
      """
      {"checkpoint": "\(clip)/hps.pt", "vocabulary": "\(clip)", "scorer": "hps_v2",
       "reward_mean": 0.25, "reward_std": 0.5}
      """)
    let wanted = try HPSv2Scorer(path: clip + "/hps.pt", tokenizer: clip)
      .score(try picture(), prompt: "zebra")
    #expect(abs(try raw(.aesthetic, fixture.path, "zebra") - (wanted - 0.25) / 0.5) < 1e-12)
    #expect(try Judge(.aesthetic, path: fixture.path).calibration == .normal)
    let quantiles = (0...100).map { Double($0) / 50 - 1 }
    try fixture.write("calibration.json", "{\"quantiles\": \(quantiles)}")
    #expect(try Judge(.aesthetic, path: fixture.path).calibration != .normal)
  }

  @Test func `a published scorer sees the whole picture, wherever its hole is`() throws {
    let judges = Judges([try Judge(.alignment, path: clip)])
    let picture = try picture()
    let hole = try Mask(
      width: picture.width, height: picture.height,
      coverage: (0..<picture.width * picture.height).map { $0 == 0 ? 255 : 0 })
    let found = try judges.score(picture, hole: hole, prompt: "a red car on the beach").scores
    let wanted = try raw(.alignment, clip)
    #expect(found.alignment?.raw == wanted)
  }

  @Test func `the hash is of every file that a score depends on`() throws {
    let fixture = try ScratchFolder()
    func hash(_ text: String) throws -> String {
      try fixture.write("judge.json", text)
      return try Judge(.aesthetic, path: fixture.path).identity.hash
    }
    let plain = #"{"checkpoint": "\#(clip)/hps.pt", "scorer": "hps_v2"}"#
    let first = try hash(plain)
    #expect(try hash(plain) == first)
    #expect(
      try hash(#"{"checkpoint": "\#(clip)", "scorer": "pick_score"}"#) != first)
  }

  @Test func `LAION's head needs the CLIP that it reads`() throws {
    let error = #expect(throws: RewardError.self) {
      try Judge(.aesthetic, path: clip + "/laion.pth")
    }
    #expect(error?.description.contains("judge.json") == true)
    let fixture = try ScratchFolder()
    try fixture.write(
      "judge.json", #"{"checkpoint": "\#(clip)/laion.pth", "clip": "\#(clip)"}"#)
    let wanted = try LAIONAestheticScorer(head: clip + "/laion.pth", clip: clip)
      .score(try picture(), prompt: "")
    #expect(try raw(.aesthetic, fixture.path) == wanted)
  }

  /// A reward model of ImageReward's names as one file, without configuration.
  @Test func `a reward model without a configuration is read, its vocabulary beside it`() throws {
    let fixture = try ScratchFolder()
    let words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "a", "red", "car"]
    let configuration = BLIPRewardConfiguration(
      vision: VisionTransformerConfiguration(
        imageSize: 32, patchSize: 16, width: 64, layers: 1, heads: 1),
      text: BERTConfiguration(
        vocabularySize: words.count, width: 64, layers: 1, heads: 1, positions: 40,
        imageWidth: 64), headWidths: [8, 1])
    let weights = configuration.initialWeights(seed: 3)
    let file = fixture.path + "/reward.safetensors"
    try SafetensorsWriter.write(weights, to: file)
    let error = #expect(throws: RewardError.self) { try Judge(.alignment, path: file) }
    #expect(error?.description.contains("vocab.txt") == true)
    try fixture.write("vocab.txt", words.joined(separator: "\n"))
    // What shapes do not tell is as published: ImageReward's scale.
    let read = try BLIPRewardConfiguration(shapes: configuration.weightShapes, path: file)
    #expect(read.vision == configuration.vision && read.text == configuration.text)
    let scorer = try ImageRewardScorer(
      model: BLIPRewardModel(
        configuration: read, weights: WeightStore(tensors: weights)),
      tokenizer: WordPieceTokenizer(vocabulary: WordPieceVocabulary(tokens: words)))
    let wanted = try scorer.score(try picture(), prompt: "a red car")
    #expect(try raw(.alignment, file, "a red car") == wanted)
    #expect(try raw(.alignment, file, "a car") != wanted)
  }

  @Test(arguments: [
    #"{"checkpoint": 7}"#, "{}", #"{"checkpoint": "nowhere.pt"}"#, "[]",
    #"{"checkpoint": "x", "scorer": "taste"}"#, #"{"checkpoint": "x", "colour": "red"}"#,
  ])
  func `what judge json cannot mean is refused with its path`(text: String) throws {
    let fixture = try ScratchFolder()
    try fixture.write("judge.json", text)
    let error = #expect(throws: RewardError.self) { try Judge(.aesthetic, path: fixture.path) }
    #expect(error?.description.contains(fixture.path) == true)
  }

  @Test func `a published scorer says nothing of pixels`() {
    #expect(throws: RewardError.self) { try Judge(.coherence, path: clip) }
  }
}
