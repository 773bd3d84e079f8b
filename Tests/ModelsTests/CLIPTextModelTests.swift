import Checkpoints
import Models
import Tensors
import Testing

@Suite struct CLIPTextModelTests {
  /// Builds the model, after tampering with it, and returns its error against the reference.
  private func error(
    _ name: String = "clip-quick-gelu",
    configure: (inout CLIPTextConfiguration) -> Void = { _ in },
    tamper: (inout [String: Tensor]) -> Void = { _ in }
  ) throws -> Double {
    let fixture = try Fixture(name)
    var configuration = try CLIPTextConfiguration(try fixture.members(), path: "config.json")
    configure(&configuration)
    var weights = try fixture.weights(.textEncoder)
    tamper(&weights)
    let model = try CLIPTextModel(
      configuration: configuration, weights: WeightStore(tensors: weights))
    return relativeError(
      try model(tokens: try tokens(fixture)), try fixture.golden.tensor("output"))
  }

  private func tokens(_ fixture: Fixture) throws -> [[Int]] {
    let tokens = try fixture.golden.integers("tokens")
    return [Array(tokens[..<16]), Array(tokens[16...])]
  }

  @Test(arguments: ["clip-quick-gelu", "clip-gelu", "clip-sd2"])
  func `the last hidden state is the reference's`(name: String) throws {
    let fixture = try Fixture(name)
    let model = try CLIPTextModel(
      configuration: try CLIPTextConfiguration(try fixture.members(), path: "config.json"),
      weights: try WeightStore(folder: fixture.path, naming: .textEncoder))
    let whole = relativeError(
      try model(tokens: try tokens(fixture)), try fixture.golden.tensor("output"))
    let short = relativeError(
      try model(tokens: [Array(try tokens(fixture)[0][..<7])]),
      try fixture.golden.tensor("short_output"))
    print("\(name): \(whole), short text \(short)")
    #expect(whole < usual)
    #expect(short < usual)
  }

  @Test(arguments: ["clip-quick-gelu", "clip-sd2"], [1, 2])
  func `the states before the last layers are the reference's`(name: String, skipped: Int) throws {
    let fixture = try Fixture(name)
    let model = try CLIPTextModel(
      configuration: try CLIPTextConfiguration(try fixture.members(), path: "config.json"),
      weights: try WeightStore(folder: fixture.path, naming: .textEncoder))
    let tokens = try tokens(fixture)
    let states = try model(tokens: tokens, skippingLast: skipped)
    #expect(relativeError(states, try fixture.golden.tensor("skipping_\(skipped)")) < usual)
    #expect(relativeError(states, try fixture.golden.tensor("output")) > bound)
    #expect(try model(tokens: tokens, skippingLast: 3).shape == states.shape)
    for wrong in [-1, 4] {
      #expect(throws: ModelError.self) { try model(tokens: tokens, skippingLast: wrong) }
    }
  }

  @Test(
    arguments: [
      (
        Fault.swappedBiases, "encoder.layers.1.self_attn.q_proj.bias",
        "encoder.layers.1.self_attn.v_proj.bias"
      ),
      (.transposedWeight, "encoder.layers.0.self_attn.out_proj.weight", ""),
      (.shiftedScale, "encoder.layers.2.layer_norm2.weight", ""),
    ])
  func `a planted fault is seen`(fault: Fault, first: String, second: String) throws {
    #expect(try error(tamper: { fault.apply(to: &$0, first, second) }) > bound)
  }

  @Test func `a wrong epsilon or activation is seen`() throws {
    #expect(try error() < usual)
    #expect(try error(configure: { $0.epsilon = 1e-6 }) > bound)
    #expect(try error(configure: { $0.activation = .gelu }) > bound)
    #expect(try error(configure: { $0.heads = 2 }) > bound)
  }

  @Test func `every tensor matters`() throws {
    // A bias of the keys adds the same to all scores of a query: the softmax does not see it.
    let names = try Fixture("clip-quick-gelu").weights(.textEncoder).keys
    try onOneThread {
      for name in names where !name.hasSuffix("k_proj.bias") {
        let error = try error(tamper: { $0[name] = $0[name].map(reversed) })
        #expect(error > bound, "\(name)")
      }
    }
  }

  @Test func `tokens that cannot be looked up are refused`() throws {
    let fixture = try Fixture("clip-gelu")
    let model = try CLIPTextModel(
      configuration: try CLIPTextConfiguration(try fixture.members(), path: "config.json"),
      weights: try WeightStore(folder: fixture.path, naming: .textEncoder))
    for tokens in [
      [], [[]], [[61]], [[-1]], [[1, 2], [3]], [[Int](repeating: 0, count: 17)],
    ] as [[[Int]]] {
      #expect(throws: ModelError.self) { try model(tokens: tokens) }
    }
  }
}
