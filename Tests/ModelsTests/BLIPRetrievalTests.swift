import Checkpoints
import Models
import Tensors
import Testing

/// BLIP's retrieval model as transformers has it and as the package image-reward does
/// (Scripts/fixtures/make_blip.py).
@Suite struct BLIPRetrievalTests {
  private func configuration(_ fixture: Fixture) throws -> BLIPRetrievalConfiguration {
    guard fixture.path.hasSuffix("original") else {
      return try BLIPRetrievalConfiguration(try fixture.members(), path: "config.json")
    }
    let weights = try WeightStore(folder: fixture.path, naming: .blipRetrieval)
    var configuration = try BLIPRetrievalConfiguration(shapes: weights.shapes, path: "memory")
    // Heads of 64 channels are assumed, and these have 8.
    (configuration.vision.heads, configuration.text.heads) = (4, 3)
    return configuration
  }

  private struct Errors {
    let matching: Double
    let similarity: Double
  }

  private func errors(
    _ name: String, configure: (inout BLIPRetrievalConfiguration) -> Void = { _ in },
    tamper: (inout [String: Tensor]) -> Void = { _ in }
  ) throws -> Errors {
    let fixture = try Fixture(name)
    var (configuration, weights) = (
      try configuration(fixture), try fixture.weights(.blipRetrieval)
    )
    configure(&configuration)
    tamper(&weights)
    let model = try BLIPRetrievalModel(
      configuration: configuration, weights: WeightStore(tensors: weights))
    let (tokens, lengths) = try texts(fixture)
    let pixels = try fixture.picture("pixels")
    return Errors(
      matching: relativeError(
        try model.matching(pixels: pixels, tokens: tokens, lengths: lengths),
        try fixture.golden.tensor("matching")),
      similarity: relativeError(
        try model.similarity(pixels: pixels, tokens: tokens, lengths: lengths),
        try fixture.golden.tensor("similarity")))
  }

  private func texts(_ fixture: Fixture) throws -> (tokens: [[Int]], lengths: [Int]) {
    let lengths = try fixture.golden.integers("lengths")
    let tokens = try fixture.golden.integers("tokens")
    return (lengths.indices.map { Array(tokens[$0 * 12..<($0 + 1) * 12]) }, lengths)
  }

  @Test(arguments: ["blip-retrieval", "blip-retrieval-original"])
  func `both heads are the reference's`(name: String) throws {
    let found = try errors(name)
    print("\(name): \(found)")
    #expect(found.matching < usual)
    #expect(found.similarity < usual)
  }

  @Test func `larger pictures have interpolated positions`() throws {
    let fixture = try Fixture("blip-retrieval")
    var configuration = try configuration(fixture)
    configuration.vision.imageSize = 48
    let model = try BLIPRetrievalModel(
      configuration: configuration,
      weights: WeightStore(folder: fixture.path, naming: .blipRetrieval))
    let (tokens, lengths) = try texts(fixture)
    let logits = try model.matching(
      pixels: try fixture.picture("large"), tokens: tokens, lengths: lengths)
    #expect(relativeError(logits, try fixture.golden.tensor("large_matching")) < usual)
  }

  @Test func `the file's epsilons count`() throws {
    // The original has 1e-6 where transformers' file says 1e-5.
    let vision = try errors("blip-retrieval", configure: { $0.vision.epsilon = 1e-6 })
    #expect(vision.matching > bound && vision.similarity > bound)
    let text = try errors("blip-retrieval", configure: { $0.text.epsilon = 1e-5 })
    #expect(text.matching > bound && text.similarity > bound)
  }

  @Test(arguments: ["itm_head", "vision_proj", "text_proj"])
  func `each head's weights and biases matter`(head: String) throws {
    for name in ["\(head).weight", "\(head).bias"] {
      let found = try errors(
        "blip-retrieval", tamper: { $0[name] = $0[name].map(reversed) })
      #expect(max(found.matching, found.similarity) > bound, "\(name)")
      #expect((found.matching > bound) == (head == "itm_head"))
    }
  }

  @Test func `what only training needs is left out by name, nothing else`() throws {
    let fixture = try Fixture("blip-retrieval-original")
    let stored = try SafetensorsFile(path: "\(fixture.path)/model.safetensors")
    #expect(stored.names.contains("visual_encoder_m.cls_token"))
    var tensors: [String: Tensor] = [:]
    for name in stored.names where !name.hasSuffix("position_ids") {
      tensors[name] = try stored.tensor(name)
    }
    tensors["text_encoder.unknown"] = Tensor(1)
    let weights = try WeightStore(tensors: tensors, path: "memory", naming: .blipRetrieval)
    #expect(
      throws: CheckpointError.unexpectedTensors(path: "memory", tensors: ["text_encoder.unknown"])
    ) {
      try BLIPRetrievalModel(configuration: try configuration(fixture), weights: weights)
    }
  }

  @Test func `two names of one tensor are refused`() throws {
    let twice = [
      "vision_model.post_layernorm.bias": Tensor(1), "visual_encoder.norm.bias": Tensor(1),
    ]
    #expect(throws: CheckpointError.self) {
      try WeightStore(tensors: twice, path: "memory", naming: .blipRetrieval)
    }
  }
}
