import Checkpoints
import Models
import Tensors
import Testing

@Suite struct RewardArchitectureTests {
  private func shapes(_ name: String) throws -> [String: [Int]] {
    try WeightStore(folder: try Fixture(name).path).shapes
  }

  @Test(arguments: [
    ("blip-reward", RewardArchitecture.blipReward),
    ("blip-retrieval", .blipRetrievalTransformers),
    ("blip-retrieval-original", .blipRetrieval), ("coherence", .coherence),
  ])
  func `a checkpoint is recognised by its tensors`(
    name: String, architecture: RewardArchitecture
  ) throws {
    #expect(RewardArchitecture.recognise(try shapes(name)) == architecture)
  }

  @Test func `ImageReward is recognised by its sizes`() {
    var shapes = shapes(of: .imageReward)
    #expect(RewardArchitecture.recognise(shapes) == .imageReward)
    shapes["blip.text_encoder.embeddings.word_embeddings.weight"] = [600, 768]
    #expect(RewardArchitecture.recognise(shapes) == .blipReward)
  }

  /// Of the tensors that sizes are read from.
  private func shapes(of sizes: BLIPRewardConfiguration) -> [String: [Int]] {
    let (vision, text) = (sizes.vision, sizes.text)
    let (eyes, words) = ("blip.visual_encoder", "blip.text_encoder")
    var shapes = [
      "\(eyes).patch_embed.proj.weight": [vision.width, 3, vision.patchSize, vision.patchSize],
      "\(eyes).cls_token": [1, 1, vision.width],
      "\(eyes).pos_embed": [1, vision.tokens, vision.width],
      "\(eyes).blocks.0.mlp.fc1.weight": [vision.innerWidth, vision.width],
      "\(words).embeddings.word_embeddings.weight": [text.vocabularySize, text.width],
      "\(words).embeddings.position_embeddings.weight": [text.positions, text.width],
      "\(words).encoder.layer.0.intermediate.dense.weight": [text.innerWidth, text.width],
    ]
    for block in 0..<vision.layers {
      shapes["\(eyes).blocks.\(block).norm1.weight"] = [vision.width]
    }
    for layer in 0..<text.layers {
      shapes["\(words).encoder.layer.\(layer).output.dense.weight"] = [text.width, text.innerWidth]
    }
    for (place, width) in zip([0, 2, 4, 6, 7], sizes.headWidths) {
      shapes["mlp.layers.\(place).weight"] = [width, 1]
    }
    return shapes
  }

  @Test func `other checkpoints are not`() throws {
    #expect(RewardArchitecture.recognise([:]) == nil)
    #expect(RewardArchitecture.recognise(try shapes("clip-gelu")) == nil)
    #expect(RewardArchitecture.recognise(["itm_head.weight": [2, 8]]) == nil)
  }

  // MARK: Files

  @Test func `a configuration reads what it writes`() throws {
    var reward = BLIPRewardConfiguration.embedded(vocabularySize: 611)
    (reward.rewardMean, reward.rewardDeviation) = (0.123_456_79, 1.5e-3)
    #expect(
      try BLIPRewardConfiguration(try members(reward.file), path: "config.json") == reward)
    #expect(!reward.file.contains("view"))
    reward.view = .hole
    #expect(
      try BLIPRewardConfiguration(try members(reward.file), path: "config.json") == reward)
    var coherence = CoherenceConfiguration.embedded
    coherence.pixels.mean = [0.1, 0.25, 1e-7]
    #expect(
      try CoherenceConfiguration(try members(coherence.file), path: "config.json") == coherence)
  }

  private func members(_ text: String) throws -> JSONObject {
    let bytes = Array(text.utf8)
    let value = try bytes.withUnsafeBytes {
      try JSONParser.parse($0, limits: .configuration)
    }
    guard case .object(let members) = value else { return JSONObject() }
    return members
  }

  @Test(arguments: [
    ("\"patch_size\": 16", "\"patch_size\": 17"), ("\"text_heads\": 6", "\"text_heads\": 7"),
    ("\"vision_heads\": 6", "\"vision_heads\": 5"), ("[64, 16, 1]", "[64, 16, 2]"),
    ("\"vision_layers\"", "\"vision_leyers\""), ("\"blip_reward\"", "\"blip\""),
    ("\"reward_std\": 1.0", "\"reward_std\": 0"), ("\"text_length\": 35", "\"text_length\": 36"),
    ("0.48145467,", ""), ("0.48145467", "\"a\""),
    ("\"text_length\": 35", "\"text_length\": 35, \"view\": \"elsewhere\""),
  ])
  func `a wrong value is refused`(right: String, wrong: String) throws {
    let file = BLIPRewardConfiguration.embedded(vocabularySize: 600).file
    #expect(file.contains(right))
    let members = try members(file.replacing(right, with: wrong))
    #expect(throws: ModelError.self) {
      try BLIPRewardConfiguration(members, path: "config.json")
    }
  }
}
