import Checkpoints
import Foundation
import Models
import Rewards
import Tensors
import TestSupport
import Testing

@Suite struct CheckpointRecognitionTests {
  /// Writes tensors to a file for the time of the body.
  private func withFile(
    _ tensors: [String: Tensor], _ body: (String) throws -> Void
  ) throws {
    let scratch = try ScratchFolder()
    let path = scratch.path + "/checkpoint.safetensors"
    try SafetensorsWriter.write(tensors, to: path, as: .f16)
    try body(path)
  }

  private func zeros(_ shapes: [String: [Int]]) -> [String: Tensor] {
    shapes.mapValues { Tensor(repeating: 0, shape: Shape($0)) }
  }

  /// Tensors of OpenAI's layout whose inner parts are narrow, so that the file stays small.
  private func open(width: Int, heads: Int, patch: Int) -> [String: [Int]] {
    CLIPConfiguration(
      text: CLIPTextConfiguration(
        vocabularySize: 9, width: 64, innerWidth: 8, layers: 1, heads: 1, positions: 7,
        activation: .gelu),
      vision: CLIPVisionConfiguration(
        width: width, innerWidth: 8, layers: 1, heads: heads, patchSize: patch, activation: .gelu,
        projection: 6),
      endOfText: .largestToken
    ).weightShapes(.openAI)
  }

  @Test func `a CLIP folder is recognised`() throws {
    let found = try CheckpointRecognition(path: Fixtures.path("clip"))
    #expect(found.kind == .clip(variant: "ViT-64/7@28"))
    #expect(found.isComplete, "\(found)")
    let file = try CheckpointRecognition(path: Fixtures.path("clip/model.safetensors"))
    #expect(file.kind == found.kind)
  }

  @Test func `files of open_clip are told apart by their sizes`() throws {
    for (width, heads, patch, kind) in [
      (1280, 16, 14, CheckpointRecognition.Kind.hpsv2), (768, 12, 32, .clip(variant: "ViT-B/32")),
    ] {
      try withFile(zeros(open(width: width, heads: heads, patch: patch))) { path in
        let found = try CheckpointRecognition(path: path)
        #expect(found.kind == kind)
        #expect(found.isComplete, "\(found)")
      }
    }
  }

  @Test func `missing, unknown and misshapen tensors are named`() throws {
    var shapes = open(width: 768, heads: 12, patch: 32)
    shapes["visual.ln_post.bias"] = nil
    shapes["ln_final.bias"] = [63]
    shapes["visual.extra"] = [1]
    shapes["input_resolution"] = []
    try withFile(zeros(shapes)) { path in
      let found = try CheckpointRecognition(path: path)
      #expect(found.missing == ["visual.ln_post.bias"])
      #expect(found.unexpected == ["visual.extra"])
      #expect(found.misshapen == ["ln_final.bias"])
      #expect(!found.isComplete)
      #expect(found.description.contains("lacks 1 tensors (visual.ln_post.bias)"))
    }
  }

  @Test func `both heads of LAION are recognised`() throws {
    try withFile(zeros(["weight": [1, 768], "bias": [1]])) { path in
      let found = try CheckpointRecognition(path: path)
      #expect(found.kind == .laionAesthetic(width: 768) && found.isComplete)
    }
    var deep: [String: [Int]] = [:]
    for (index, inputs, outputs) in [
      (0, 24, 1024), (2, 1024, 128), (4, 128, 64), (6, 64, 16), (7, 16, 1),
    ] {
      deep["layers.\(index).weight"] = [outputs, inputs]
      deep["layers.\(index).bias"] = [outputs]
    }
    deep["layers.4.bias"] = nil
    try withFile(zeros(deep)) { path in
      let found = try CheckpointRecognition(path: path)
      #expect(found.kind == .laionAesthetic(width: 24) && found.missing == ["layers.4.bias"])
    }
  }

  @Test func `our own judges are recognised in their folders`() throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path
    var reward = BLIPRewardConfiguration.embedded(vocabularySize: 9)
    (reward.vision.layers, reward.text.layers) = (1, 1)
    var coherence = CoherenceConfiguration.embedded
    coherence.vision.layers = 1
    for (architecture, file, shapes) in [
      (RewardArchitecture.blipReward, reward.file, reward.weightShapes),
      (.coherence, coherence.file, coherence.weightShapes),
    ] {
      try file.write(toFile: folder + "/config.json", atomically: true, encoding: .utf8)
      var shapes = shapes
      try SafetensorsWriter.write(zeros(shapes), to: folder + "/model.safetensors")
      let whole = try CheckpointRecognition(path: folder)
      #expect(whole.kind == .reward(architecture))
      #expect(whole.isComplete, "\(whole)")
      let lost = try #require(shapes.keys.sorted().first { $0.hasSuffix("norm2.bias") })
      shapes[lost] = nil
      shapes["extra"] = [1]
      try SafetensorsWriter.write(zeros(shapes), to: folder + "/model.safetensors")
      let damaged = try CheckpointRecognition(path: folder)
      #expect(damaged.missing == [lost] && damaged.unexpected == ["extra"])
    }
  }

  @Test func `what is no judge is refused`() throws {
    try withFile(zeros(["conv.weight": [1, 1], "conv.bias": [1]])) { path in
      #expect(throws: RewardError.self) { try CheckpointRecognition(path: path) }
    }
    #expect(throws: RewardError.self) { try CheckpointRecognition(path: "/nowhere") }
  }
}
