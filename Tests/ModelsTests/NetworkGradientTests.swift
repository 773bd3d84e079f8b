import Checkpoints
import Compute
import Foundation
import Models
import Tensors
import Testing

/// Whole networks, built from watched weights: the gradients of a loss with respect to every
/// parameter and input against torch's autograd (Scripts/fixtures/make_gradients.py).
@Suite struct NetworkGradientTests {
  /// Beside twenty times the rounding error that torch itself makes in float32.
  static let tolerance = 1e-5

  /// What torch found: every gradient by its norm, torch's own rounding error, and some values.
  private struct Reference {
    let file: SafetensorsFile

    init(_ name: String) throws {
      let resources = Bundle.module.resourceURL ?? URL(fileURLWithPath: ".")
      file = try SafetensorsFile(
        path: resources.appendingPathComponent("Fixtures/gradients/\(name).safetensors").path)
    }

    func picture(_ index: Int) throws -> Tensor {
      try file.tensor("target:\(index)").transposed([0, 2, 3, 1])
    }

    var parameters: [String] {
      file.names.filter { $0 != "loss" && !$0.hasPrefix("target:") && !$0.hasPrefix("input:") }
    }

    /// How far some of a gradient's values, and its norm, are from torch's in float64, and how far
    /// torch's own in float32 are; both relative.
    func errors(_ name: String, _ gradient: Tensor) throws -> (ours: Double, rounding: Double) {
      let wanted = try file.tensor(name).values.map(Double.init)
      let values = gradient.values.map(Double.init)
      let step = max(1, (values.count + 11) / 12)
      let some = stride(from: 0, to: values.count, by: step).map { values[$0] }
      guard some.count == wanted.count - 2 else { return (.infinity, 0) }
      func norm(_ values: [Double]) -> Double {
        values.reduce(0) { $0 + $1 * $1 }.squareRoot()
      }
      let difference = norm(zip(some, wanted.dropFirst(2)).map { $0 - $1 })
      return (
        max(
          difference / max(norm(Array(wanted.dropFirst(2))), 1e-12),
          abs(norm(values) - wanted[0]) / max(wanted[0], 1e-12)), wanted[1]
      )
    }
  }

  private func squaredError(_ y: Tensor, _ target: Tensor) -> Tensor {
    (y - target).squared().mean()
  }

  /// Compares the loss and all gradients; prints the median of their errors.
  private func check(
    _ name: String, _ naming: WeightNaming = .asStored, inputs: [String: Tensor],
    loss: (Fixture, Reference, [String: Tensor], [String: Tensor]) throws -> Tensor
  ) throws {
    let (fixture, reference) = (try Fixture(name), try Reference(name))
    let weights = try fixture.weights(naming).mapValues { $0.watched() }
    let inputs = inputs.mapValues { $0.watched() }
    let names = weights.keys.sorted()
    #expect(Set(names) == Set(reference.parameters.compactMap(naming.canonical)))
    let value = try loss(fixture, reference, weights, inputs)
    #expect(
      abs(value.values[0] / (try reference.file.tensor("loss").values[0]) - 1) < 1e-5)
    let leaves = names.compactMap { weights[$0] } + inputs.keys.sorted().compactMap { inputs[$0] }
    let gradients = try value.gradients(withRespectTo: leaves)
    var errors: [Double] = []
    var roundings: [Double] = []
    for (key, gradient) in zip(names + inputs.keys.sorted().map { "input:\($0)" }, gradients) {
      let stored = reference.file.names.first { naming.canonical($0) == key } ?? key
      let isPicture = key.hasPrefix("input:") && gradient.shape.rank == 4
      let found = try reference.errors(stored, isPicture ? gradient.nhwcToNCHW() : gradient)
      #expect(found.ours < Self.tolerance + 20 * found.rounding, "\(key)")
      errors.append(found.ours)
      roundings.append(found.rounding)
    }
    let middle = leaves.count / 2
    print(
      "| \(name), median of \(leaves.count) gradients | \(errors.sorted()[middle])",
      "| torch in float32: \(roundings.sorted()[middle]) |")
    #expect(errors.sorted()[middle] < 4 * roundings.sorted()[middle])
  }

  @Test(arguments: ["unet-sd", "unet-embedded", "unet-variations"])
  func `a denoiser's gradients are torch's`(name: String) throws {
    let fixture = try Fixture(name)
    let inputs = [
      "sample": try fixture.picture("sample"), "context": try fixture.golden.tensor("context"),
    ]
    try check(name, inputs: inputs) { fixture, reference, weights, inputs in
      let model = try UNet2DConditionModel(
        configuration: try UNetConfiguration(try fixture.members(), path: "config.json"),
        weights: WeightStore(tensors: weights))
      let (sample, context) = (try #require(inputs["sample"]), try #require(inputs["context"]))
      let prediction = try model(
        sample: sample, timesteps: try fixture.golden.tensor("timesteps").values,
        context: try model.prepare(context: context))
      return squaredError(prediction, try reference.picture(0))
    }
  }

  @Test(arguments: ["vae-sd", "vae-embedded"])
  func `an autoencoder's gradients are torch's`(name: String) throws {
    let fixture = try Fixture(name)
    let inputs = ["image": try fixture.picture("image"), "latent": try fixture.picture("latent")]
    try check(name, .autoencoder, inputs: inputs) { fixture, reference, weights, inputs in
      let model = try AutoencoderKL(
        configuration: try AutoencoderConfiguration(try fixture.members(), path: "config.json"),
        weights: WeightStore(tensors: weights))
      let (mean, logVariance) = try model.encode(try #require(inputs["image"]))
      let decoded = try model.decode(try #require(inputs["latent"]))
      return squaredError(mean, try reference.picture(0))
        + squaredError(logVariance, try reference.picture(1))
        + squaredError(decoded, try reference.picture(2))
    }
  }

  @Test(arguments: ["clip-quick-gelu", "clip-gelu"])
  func `a text encoder's gradients are torch's`(name: String) throws {
    try check(name, .textEncoder, inputs: [:]) { fixture, reference, weights, _ in
      let model = try CLIPTextModel(
        configuration: try CLIPTextConfiguration(try fixture.members(), path: "config.json"),
        weights: WeightStore(tensors: weights))
      let tokens = try fixture.golden.integers("tokens")
      let output = try model(tokens: [Array(tokens[..<16]), Array(tokens[16...])])
      return squaredError(output, try reference.file.tensor("target:0"))
    }
  }

  @Test func `CLIP's gradients are torch's`() throws {
    let fixture = try Fixture("clip-dual")
    let tokens = try fixture.golden.integers("tokens")
    let inputs = ["pixels": try fixture.picture("pixels")]
    try check("clip-dual", inputs: inputs) { fixture, reference, weights, inputs in
      let model = try CLIPCheckpoint(
        weights: WeightStore(tensors: weights), configurationPath: fixture.path + "/config.json"
      ).model()
      let logits = try model.logits(
        pixels: try #require(inputs["pixels"]),
        tokens: stride(from: 0, to: tokens.count, by: 16).map { Array(tokens[$0..<$0 + 16]) })
      return squaredError(logits, try reference.file.tensor("target:0"))
    }
  }

  @Test func `a reward model's gradients are torch's, its pictures' too`() throws {
    let inputs = ["pixels": try Fixture("blip-reward").picture("pixels")]
    try check("blip-reward", .blipReward, inputs: inputs) { fixture, reference, weights, inputs in
      let configuration = try BLIPRewardConfiguration(
        try fixture.members(), path: "config.json")
      let model = try BLIPRewardModel(
        configuration: configuration, weights: WeightStore(tensors: weights))
      let lengths = try fixture.golden.integers("lengths")
      let tokens = try fixture.golden.integers("tokens")
      let rewards = try model(
        pixels: try #require(inputs["pixels"]),
        tokens: lengths.indices.map { Array(tokens[$0 * 12..<($0 + 1) * 12]) }, lengths: lengths)
      return squaredError(
        configuration.standardised(rewards).reshaped([lengths.count, 1]),
        try reference.file.tensor("target:0"))
    }
  }

  @Test func `a coherence judge's gradients are torch's, its pictures' too`() throws {
    let inputs = ["pixels": try Fixture("coherence").picture("pixels")]
    try check("coherence", inputs: inputs) { fixture, reference, weights, inputs in
      let model = try CoherenceModel(
        configuration: try CoherenceConfiguration(try fixture.members(), path: "config.json"),
        weights: WeightStore(tensors: weights))
      return squaredError(
        try model(pixels: try #require(inputs["pixels"])), try reference.picture(0))
    }
  }

  @Test func `threads do not change the bits of a denoiser's gradients`() throws {
    let fixture = try Fixture("unet-embedded")
    let configuration = try UNetConfiguration(try fixture.members(), path: "config.json")
    let stored = try fixture.weights()
    func gradients(threads: Int) throws -> [[UInt32]] {
      try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
        let weights = stored.mapValues { $0.watched() }
        let model = try UNet2DConditionModel(
          configuration: configuration, weights: WeightStore(tensors: weights))
        let y = try model(
          sample: try fixture.picture("sample"), timestep: 499,
          context: try fixture.golden.tensor("context"))
        let leaves = weights.keys.sorted().compactMap { weights[$0] }
        return try y.squared().mean().gradients(withRespectTo: leaves)
          .map { $0.values.map(\.bitPattern) }
      }
    }
    let alone = try gradients(threads: 1)
    for threads in [2, 3] { #expect(try gradients(threads: threads) == alone) }
  }
}
