import Checkpoints
import Models
import Tensors
import Testing

@Suite struct AutoencoderKLTests {
  private struct Errors {
    let mean: Double
    let logVariance: Double
    let decoded: Double

    var largest: Double { max(mean, logVariance, decoded) }
  }

  private func errors(_ model: AutoencoderKL, _ fixture: Fixture) throws -> Errors {
    let (mean, logVariance) = try model.encode(try fixture.picture("image"))
    let decoded = try model.decode(try fixture.picture("latent"))
    return Errors(
      mean: relativeError(mean, try fixture.picture("mean")),
      logVariance: relativeError(logVariance, try fixture.picture("log_variance")),
      decoded: relativeError(decoded, try fixture.picture("decoded")))
  }

  private func errors(
    _ name: String = "vae-sd",
    configure: (inout AutoencoderConfiguration) -> Void = { _ in },
    tamper: (inout [String: Tensor]) -> Void = { _ in }
  ) throws -> Errors {
    let fixture = try Fixture(name)
    var configuration = try AutoencoderConfiguration(try fixture.members(), path: "config.json")
    configure(&configuration)
    var weights = try fixture.weights(.autoencoder)
    tamper(&weights)
    return try errors(
      AutoencoderKL(configuration: configuration, weights: WeightStore(tensors: weights)), fixture)
  }

  private func model(_ fixture: Fixture) throws -> AutoencoderKL {
    try AutoencoderKL(
      configuration: try AutoencoderConfiguration(try fixture.members(), path: "config.json"),
      weights: try WeightStore(folder: fixture.path, naming: .autoencoder))
  }

  @Test(arguments: ["vae-sd", "vae-embedded", "vae-legacy"])
  func `latents and pictures are the reference's`(name: String) throws {
    let fixture = try Fixture(name)
    let errors = try self.errors(try model(fixture), fixture)
    print("\(name): \(errors)")
    #expect(errors.mean < usual)
    #expect(errors.logVariance < usual)
    #expect(errors.decoded < usual)
  }

  @Test(
    arguments: [
      (
        Fault.swappedBiases, "encoder.mid_block.resnets.0.conv1.bias",
        "encoder.mid_block.resnets.0.conv2.bias"
      ),
      (.transposedWeight, "encoder.mid_block.attentions.0.to_v.weight", ""),
      (.shiftedScale, "encoder.conv_norm_out.weight", ""),
    ])
  func `a fault planted into the encoder is seen`(
    fault: Fault, first: String, second: String
  ) throws {
    let errors = try self.errors(tamper: { fault.apply(to: &$0, first, second) })
    #expect(errors.mean > bound)
    #expect(errors.decoded < usual)
  }

  @Test(
    arguments: [
      (
        Fault.swappedBiases, "decoder.up_blocks.2.resnets.0.conv1.bias",
        "decoder.up_blocks.2.resnets.0.conv2.bias"
      ),
      (.transposedWeight, "decoder.up_blocks.3.resnets.1.conv1.weight", ""),
      (.shiftedScale, "decoder.mid_block.attentions.0.group_norm.weight", ""),
    ])
  func `a fault planted into the decoder is seen`(
    fault: Fault, first: String, second: String
  ) throws {
    let errors = try self.errors(tamper: { fault.apply(to: &$0, first, second) })
    #expect(errors.decoded > bound)
    #expect(errors.mean < usual)
  }

  @Test func `a wrong epsilon is seen`() throws {
    #expect(try errors().largest < usual)
    let errors = try self.errors(configure: { $0.epsilon = 1e-5 })
    #expect(errors.mean > bound)
    #expect(errors.decoded > bound)
  }

  @Test(arguments: ["vae-sd", "vae-legacy"])
  func `every tensor matters`(name: String) throws {
    // A bias of the keys adds the same to all scores of a query: the softmax does not see it.
    for tensor in try Fixture(name).weights(.autoencoder).keys where !tensor.hasSuffix("to_k.bias")
    {
      let errors = try self.errors(name, tamper: { $0[tensor] = $0[tensor].map(reversed) })
      #expect(errors.largest > bound, "\(tensor)")
    }
  }

  @Test func `pictures and latents of other shapes are refused`() throws {
    let model = try model(try Fixture("vae-embedded"))
    for wrong in [[1, 8, 8, 4], [8, 8, 3], [1, 7, 8, 3], [0, 8, 8, 3]] {
      #expect(throws: ModelError.self) {
        try model.encode(Tensor(repeating: 0, shape: Shape(wrong)))
      }
    }
    for wrong in [[1, 8, 8, 4], [8, 8, 8], [1, 0, 8, 8]] {
      #expect(throws: ModelError.self) {
        try model.decode(Tensor(repeating: 0, shape: Shape(wrong)))
      }
    }
  }
}
