import Checkpoints
import Models
import Tensors
import Testing

/// The coherence judge against its description in torch (Scripts/fixtures/make_blip.py).
@Suite struct CoherenceTests {
  private let fixture: Fixture
  private let configuration: CoherenceConfiguration

  init() throws {
    fixture = try Fixture("coherence")
    configuration = try CoherenceConfiguration(try fixture.members(), path: "config.json")
  }

  private func error(
    configure: (inout CoherenceConfiguration) -> Void = { _ in },
    tamper: (inout [String: Tensor]) -> Void = { _ in }
  ) throws -> Double {
    var (configuration, weights) = (configuration, try fixture.weights())
    configure(&configuration)
    tamper(&weights)
    let model = try CoherenceModel(
      configuration: configuration, weights: WeightStore(tensors: weights))
    return relativeError(
      try model(pixels: try fixture.picture("pixels")), try fixture.picture("logits"))
  }

  @Test func `logits are the description's`() throws {
    let found = try error()
    print("coherence: \(found)")
    #expect(found < usual)
  }

  @Test func `a wrong epsilon or number of heads is seen`() throws {
    #expect(try error(configure: { $0.vision.epsilon = 1e-5 }) > bound)
    #expect(try error(configure: { $0.vision.heads = 2 }) > bound)
  }

  @Test func `every tensor matters`() throws {
    let names = try fixture.weights().keys
    try onOneThread {
      for name in names where name != "pixel_head.fc2.bias" {
        let error = try error(tamper: { $0[name] = $0[name].map(reversed) })
        #expect(error > bound, "\(name)")
      }
      #expect(try error(tamper: { $0["pixel_head.fc2.bias"] = Tensor([0], shape: [1]) }) > bound)
    }
  }

  /// A map of blocks would jump at the borders of patches and cells alone.
  @Test func `a fresh judge's map has no blocks`() throws {
    let configuration = CoherenceConfiguration.embedded
    let model = try CoherenceModel(
      configuration: configuration,
      weights: WeightStore(tensors: configuration.initialWeights(seed: 3)))
    let grey = Tensor(repeating: 0.1, shape: [1, 128, 128, 3])
    let map = try model(pixels: grey).values
    let size = configuration.vision.patchSize
    var (inside, between) = (0.0, 0.0)
    for row in 8..<120 {
      for column in 8..<120 {
        let step = Double(abs(map[row * 128 + column] - map[row * 128 + column - 1]))
        if column % size == 0 { between += step / 14 } else { inside += step / 98 }
      }
    }
    #expect(between < 2 * inside, "\(between) beside \(inside)")
  }

  @Test(arguments: [("patch_size", 6, 4), ("patch_size", 1, 4), ("norm_groups", 4, 3)])
  func `sizes that cannot be halved or grouped are refused by name`(
    key: String, patch: Int, stem: Int
  ) throws {
    var wrong = configuration
    (wrong.vision.patchSize, wrong.stemChannels) = (patch, stem)
    let value = try Array(wrong.file.utf8).withUnsafeBytes { bytes throws(JSONFault) in
      try JSONParser.parse(bytes, limits: .configuration)
    }
    guard case .object(let members) = value else {
      Issue.record("\(wrong.file) is no object")
      return
    }
    let error = #expect(throws: ModelError.self) {
      try CoherenceConfiguration(members, path: "config.json")
    }
    #expect(error.map { "\($0)" }?.contains(key) == true)
  }

  @Test func `pictures of another size are refused`() throws {
    let model = try CoherenceModel(
      configuration: configuration, weights: WeightStore(tensors: try fixture.weights()))
    for shape in [[1, 24, 23, 3], [1, 24, 24, 1], [24, 24, 3], [0, 24, 24, 3]] as [Shape] {
      #expect(throws: ModelError.self) {
        try model(pixels: Tensor(repeating: 0, shape: shape))
      }
    }
  }
}
