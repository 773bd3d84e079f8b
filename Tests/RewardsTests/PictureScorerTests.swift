import Checkpoints
import Foundation
import Imaging
import Models
import Rewards
import Tensors
import TestSupport
import Testing
import Tokenizers

/// Scorers from published layouts to numbers, against transformers and the scorers' own code on a
/// small random CLIP: see `Scripts/fixtures/make_clip.py`.
@Suite struct PictureScorerTests {
  static let prompts = [
    "a red car on the beach", "zebra", "Two DOGS, one ball; and a very long tail of words!",
  ]
  private let folder = Fixtures.path("clip")

  private func golden() throws -> SafetensorsFile {
    try SafetensorsFile(path: folder + "/golden.safetensors")
  }

  /// Compares a scorer with the reference's cosines.
  private func check(
    _ scorer: some PictureScorer, _ transform: String, _ unit: (Double) -> Double
  ) throws {
    let golden = try golden()
    for index in 0..<2 {
      let picture = try golden.picture("picture\(index)")
      let cosines = try golden.tensor("cosine\(index):\(transform)").values.map(Double.init)
      for (prompt, cosine) in zip(Self.prompts, cosines) {
        let score = try scorer.score(picture, prompt: prompt)
        #expect(abs(score - unit(cosine)) < 1e-4 * abs(unit(1)), "\(scorer.name), \(prompt)")
      }
    }
  }

  @Test func `CLIPScore is the reference's`() throws {
    let scorer = try CLIPScorer(path: folder)
    #expect(scorer.name == "CLIPScore (ViT-64/7@28)")
    try check(scorer, "open_clip") { 2.5 * max($0, 0) }
    let golden = try golden()
    let cosines = try golden.tensor("cosine1:open_clip").values
    // Without a negative one, the cut at zero would not be tested.
    #expect(cosines.contains { $0 < 0 } && cosines.contains { $0 > 0 })
    for (prompt, cosine) in zip(Self.prompts, cosines) {
      let result = try scorer.result(try golden.picture("picture1"), prompt: prompt)
      #expect(abs(result.cosine - Double(cosine)) < 1e-4)
      #expect(result.variant == "ViT-64/7@28")
    }
  }

  @Test func `PickScore is the reference's`() throws {
    let factor = Double(exp(try golden().tensor("logit_scale").values[0]))
    try check(try PickScorer(path: folder), "clip") { factor * $0 }
  }

  @Test func `HPSv2 is the reference's, from torch's file`() throws {
    let path = folder + "/hps.pt"
    try check(try HPSv2Scorer(path: path, tokenizer: folder), "hpsv2") { $0 }
    let found = try CheckpointRecognition(path: path)
    #expect(found.kind == .clip(variant: "ViT-64/7@28") && found.isComplete, "\(found)")
  }

  @Test func `LAION's head is the reference's, from torch's file`() throws {
    let path = folder + "/laion.pth"
    let scorer = try LAIONAestheticScorer(head: path, clip: folder)
    #expect(scorer.name == "LAION aesthetic (ViT-64/7@28)")
    let golden = try golden()
    for index in 0..<2 {
      let score = try scorer.score(try golden.picture("picture\(index)"), prompt: "")
      #expect(abs(Float(score) - (try golden.tensor("laion\(index)").values[0])) < 1e-4)
    }
    #expect(try CheckpointRecognition(path: path).kind == .laionAesthetic(width: 24))
  }

  @Test func `a folder with torch's file alone is read`() throws {
    let other = try ScratchFolder()
    try FileManager.default.copyItem(
      atPath: folder + "/hps.pt", toPath: other.path + "/pytorch_model.bin")
    #expect(try CheckpointRecognition(path: other.path).isComplete)
  }

  @Test func `parts that do not fit each other are refused`() throws {
    let head = try LAIONAestheticHead(
      weights: WeightStore(tensors: [
        "weight": Tensor(repeating: 1, shape: [1, 23]), "bias": Tensor([0], shape: [1]),
      ]))
    let vision = try CLIPCheckpoint(
      weights: try WeightStore(folder: folder, naming: .asStored),
      configurationPath: folder + "/config.json"
    ).visionModel()
    #expect(throws: RewardError.self) {
      try LAIONAestheticScorer(vision: vision, head: head, variant: "ViT-64/7")
    }
    #expect(throws: (any Error).self) { try PickScorer(path: folder, tokenizer: "/nowhere") }
    #expect(throws: (any Error).self) { try CLIPScorer(path: "/nowhere") }
  }
}
