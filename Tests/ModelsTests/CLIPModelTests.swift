import Checkpoints
import Foundation
import Layers
import Models
import Tensors
import Testing

@Suite struct CLIPModelTests {
  static let fixtures = ["clip-dual", "clip-dual-legacy", "clip-open"]
  /// Heads of the fixture in open_clip's layout, whose tensors do not tell.
  static let heads = (vision: 3, text: 4)

  /// The model of a fixture, its weights under the names of its file.
  private func model(
    _ fixture: Fixture, _ weights: [String: Tensor],
    configure: (inout CLIPConfiguration) -> Void = { _ in }
  ) throws -> CLIPModel {
    let checkpoint = try CLIPCheckpoint(
      weights: WeightStore(tensors: weights), configurationPath: fixture.path + "/config.json",
      activation: .gelu, heads: Self.heads)
    var configuration = checkpoint.configuration
    configure(&configuration)
    return try checkpoint.model(configuration: configuration)
  }

  private func tokens(_ fixture: Fixture) throws -> [[Int]] {
    let tokens = try fixture.golden.integers("tokens")
    return stride(from: 0, to: tokens.count, by: 16).map { Array(tokens[$0..<$0 + 16]) }
  }

  /// The logits' error, or infinity where the model refuses.
  private func error(
    _ name: String, configure: (inout CLIPConfiguration) -> Void = { _ in },
    tamper: (inout [String: Tensor]) -> Void = { _ in }
  ) throws -> Double {
    let fixture = try Fixture(name)
    var weights = try fixture.weights()
    tamper(&weights)
    let model = try model(fixture, weights, configure: configure)
    let logits = try model.logits(
      pixels: try fixture.picture("pixels"), tokens: try tokens(fixture))
    return relativeError(logits, try fixture.golden.tensor("logits"))
  }

  @Test(arguments: fixtures)
  func `embeddings and logits are the reference's`(name: String) throws {
    let fixture = try Fixture(name)
    let model = try model(fixture, try fixture.weights())
    let (pixels, tokens) = (try fixture.picture("pixels"), try tokens(fixture))
    let found = [
      "picture_embeddings": try model.embedding(pixels: pixels),
      "text_embeddings": try model.embedding(tokens: tokens),
      "logits": try model.logits(pixels: pixels, tokens: tokens),
    ]
    for (key, output) in found.sorted(by: { $0.key < $1.key }) {
      let error = relativeError(output, try fixture.golden.tensor(key))
      print("\(name), \(key): \(error)")
      #expect(error < usual, "\(key)")
    }
  }

  @Test(arguments: ["clip-dual", "clip-dual-legacy"])
  func `the vision half alone gives the reference's states`(name: String) throws {
    let fixture = try Fixture(name)
    let vision = try CLIPCheckpoint(
      weights: WeightStore(tensors: try fixture.weights()),
      configurationPath: fixture.path + "/config.json"
    ).visionModel()
    let pixels = try fixture.picture("pixels")
    let states = try vision.hiddenStates(pixels: pixels)
    #expect(relativeError(states, try fixture.golden.tensor("states")) < usual)
    let embeddings = try vision(pixels: pixels)
    #expect(relativeError(embeddings, try fixture.golden.tensor("picture_embeddings")) < usual)
  }

  @Test func `a text's embedding does not depend on what follows its end`() throws {
    let fixture = try Fixture("clip-dual")
    let model = try model(fixture, try fixture.weights())
    for text in try tokens(fixture) {
      let end = try #require(text.firstIndex(of: 57))
      let short = try model.embedding(tokens: [Array(text[...end])])
      #expect(relativeError(try model.embedding(tokens: [text]), short) < 1e-6)
    }
  }

  @Test(arguments: [
    (Fault.swappedBiases, "text_model.encoder.layers.1.self_attn.q_proj.bias", "v_proj"),
    (.swappedBiases, "vision_model.encoder.layers.0.self_attn.q_proj.bias", "v_proj"),
    (.transposedWeight, "text_model.encoder.layers.0.self_attn.out_proj.weight", ""),
    (.transposedWeight, "vision_model.encoder.layers.1.self_attn.k_proj.weight", ""),
    (.transposedWeight, "vision_model.embeddings.patch_embedding.weight", ""),
    (.shiftedScale, "vision_model.pre_layrnorm.weight", ""),
    (.shiftedScale, "vision_model.post_layernorm.weight", ""),
    (.shiftedScale, "vision_model.encoder.layers.1.layer_norm2.weight", ""),
    (.shiftedScale, "vision_model.embeddings.class_embedding", ""),
    (.shiftedScale, "vision_model.embeddings.position_embedding.weight", ""),
    (.shiftedScale, "text_model.final_layer_norm.weight", ""),
    (.shiftedScale, "visual_projection.weight", ""),
    (.shiftedScale, "text_projection.weight", ""),
  ])
  func `a planted fault is seen`(fault: Fault, first: String, part: String) throws {
    let second = first.replacing("q_proj", with: part)
    #expect(try error("clip-dual", tamper: { fault.apply(to: &$0, first, second) }) > bound)
  }

  @Test func `a wrong setting is seen`() throws {
    for name in Self.fixtures { #expect(try error(name) < usual) }
    let epsilon: Float = 1e-3
    #expect(try error("clip-dual", configure: { $0.vision.epsilon = epsilon }) > bound)
    #expect(try error("clip-dual", configure: { $0.text.epsilon = epsilon }) > bound)
    #expect(try error("clip-dual", configure: { $0.vision.activation = .gelu }) > bound)
    #expect(try error("clip-dual", configure: { $0.text.activation = .gelu }) > bound)
    #expect(try error("clip-dual", configure: { $0.vision.heads = 4 }) > bound)
    #expect(try error("clip-dual", configure: { $0.text.heads = 2 }) > bound)
    #expect(try error("clip-dual", configure: { $0.endOfText = .largestToken }) > bound)
    #expect(try error("clip-dual-legacy", configure: { $0.endOfText = .token(59) }) > bound)
    #expect(try error("clip-open", configure: { $0.vision.activation = .quickGELU }) > bound)
  }

  @Test(arguments: fixtures)
  func `every tensor matters`(name: String) throws {
    try onOneThread {
      for key in try Fixture(name).weights().keys.sorted() {
        // A bias of the keys adds the same to all scores of a query: the softmax does not see it.
        guard !key.hasSuffix("k_proj.bias") else { continue }
        let found = try error(
          name,
          tamper: { weights in
            weights[key] = weights[key].map { $0.count == 1 ? $0 * 1.01 : reversed($0) }
          })
        #expect(found > bound, "\(key)")
      }
    }
  }

  @Test func `what does not fit is refused`() throws {
    let fixture = try Fixture("clip-dual")
    let model = try model(fixture, try fixture.weights())
    for shape in [[1, 28, 28, 4], [1, 27, 28, 3], [28, 28, 3], [0, 28, 28, 3]] as [Shape] {
      #expect(throws: ModelError.self) {
        try model.embedding(pixels: Tensor(repeating: 0, shape: shape))
      }
    }
    for tokens in [[[1, 2, 3]], [], [[57], [57, 57]], [[61, 57]]] as [[[Int]]] {
      #expect(throws: ModelError.self) { try model.embedding(tokens: tokens) }
    }
    var weights = try fixture.weights()
    weights["vision_model.post_layernorm.extra"] = Tensor(1)
    #expect(throws: ModelError.self) { try self.model(fixture, weights) }
    #expect(throws: ModelError.self) { try self.model(fixture, ["other": Tensor(1)]) }
  }
}

/// Models of published sizes with random weights, beside transformers: see
/// `Scripts/fixtures/make_clip.py --full`.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["BYTEEDIT_CLIP"] != nil))
struct CLIPFullSizeTests {
  private var folder: String { ProcessInfo.processInfo.environment["BYTEEDIT_CLIP"] ?? "" }

  @Test(arguments: ["ViT-B-32", "ViT-L-14", "ViT-H-14"])
  func `logits are the reference's`(name: String) throws {
    let path = "\(folder)/\(name)"
    guard FileManager.default.fileExists(atPath: path) else { return }
    var start = Date()
    let checkpoint = try CLIPCheckpoint(
      weights: try WeightStore(folder: path), configurationPath: "\(path)/config.json")
    #expect(checkpoint.configuration.variant.replacing("/", with: "-") == name)
    let model = try checkpoint.model()
    print("\(name): loaded in \(Date().timeIntervalSince(start)) s")
    let golden = try SafetensorsFile(path: "\(path)/golden.safetensors")
    let tokens = try golden.integers("tokens")
    let pixels = try golden.tensor("pixels").nchwToNHWC()
    start = Date()
    let logits = try model.logits(
      pixels: pixels,
      tokens: stride(from: 0, to: tokens.count, by: 77).map { Array(tokens[$0..<$0 + 77]) })
    let seconds = Date().timeIntervalSince(start)
    let error = relativeError(logits, try golden.tensor("logits"))
    let rounding = try golden.tensor("rounding").values[0]
    print("\(name): relative error of logits \(error), torch's \(rounding), \(seconds) s")
    #expect(error < bound)
  }
}
