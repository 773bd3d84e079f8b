import Checkpoints
import Models
import Tensors
import Testing

@Suite struct AutoencoderTinyTests {
  private func model(
    tamper: (inout [String: Tensor]) -> Void = { _ in },
    configure: (inout AutoencoderTinyConfiguration) -> Void = { _ in }
  ) throws -> AutoencoderTiny {
    let fixture = try Fixture("vae-tiny")
    var configuration = try AutoencoderTinyConfiguration(
      try fixture.members(), path: "config.json")
    configure(&configuration)
    var weights = try fixture.weights()
    tamper(&weights)
    return try AutoencoderTiny(
      configuration: configuration, weights: WeightStore(tensors: weights))
  }

  private func errors(_ model: AutoencoderTiny) throws -> (latents: Double, decoded: Double) {
    let fixture = try Fixture("vae-tiny")
    return (
      relativeError(
        try model.encode(try fixture.picture("image")), try fixture.picture("latents")),
      relativeError(
        try model.decode(try fixture.picture("latent")), try fixture.picture("decoded"))
    )
  }

  @Test func `latents and pictures are the reference's`() throws {
    let errors = try errors(try model())
    print("vae-tiny: \(errors)")
    #expect(errors.latents < usual && errors.decoded < usual)
  }

  @Test func `every tensor matters`() throws {
    let names = try Fixture("vae-tiny").weights().keys
    try onOneThread {
      for name in names {
        let errors = try errors(try model(tamper: { $0[name] = $0[name].map(reversed) }))
        #expect(max(errors.latents, errors.decoded) > bound, "\(name)")
      }
    }
  }

  @Test func `a wrong activation is seen`() throws {
    let errors = try errors(try model(configure: { $0.activation = .silu }))
    #expect(errors.latents > bound && errors.decoded > bound)
  }

  @Test func `latents beyond the soft clamp are held`() throws {
    let model = try model()
    let far = try model.decode(Tensor(repeating: 60, shape: [1, 1, 1, 4]))
    let farther = try model.decode(Tensor(repeating: 90, shape: [1, 1, 1, 4]))
    #expect(relativeError(far, farther) < 1e-6)
  }

  @Test func `pictures and latents of other shapes are refused`() throws {
    let model = try model()
    for wrong in [[1, 8, 8, 4], [8, 8, 3], [0, 8, 8, 3]] {
      #expect(throws: ModelError.self) {
        try model.encode(Tensor(repeating: 0, shape: Shape(wrong)))
      }
    }
    for wrong in [[1, 8, 8, 3], [8, 8, 4], [1, 0, 8, 4]] {
      #expect(throws: ModelError.self) {
        try model.decode(Tensor(repeating: 0, shape: Shape(wrong)))
      }
    }
  }

  @Test(
    arguments: [
      ("act_fn", .string("mish")), ("upsample_fn", .string("bilinear")),
      ("upsampling_scaling_factor", .integer(3)), ("num_encoder_blocks", .array([.integer(1)])),
      (
        "encoder_block_out_channels",
        .array([.integer(8), .integer(8), .integer(8), .integer(9)])
      ), ("decoder_block_out_channels", .array([.integer(8)])), ("scaling_factor", .integer(0)),
      ("_class_name", .string("AutoencoderKL")), ("new_trick", .bool(true)),
    ] as [(String, JSONValue)])
  func `one that would compute otherwise is refused by key`(key: String, value: JSONValue) throws {
    let stored = try Fixture("vae-tiny").members()
    var members = JSONObject()
    for name in stored.keys where name != key {
      if let value = stored[name] { _ = members.add(name, value) }
    }
    _ = members.add(key, value)
    let error = #expect(throws: ModelError.self) {
      try AutoencoderTinyConfiguration(members, path: "config.json")
    }
    let message = error?.description ?? ""
    // A list of another length is told by the list that it should have matched.
    let blamed = key == "num_encoder_blocks" ? "encoder_block_out_channels" : key
    #expect(message.contains("\"\(blamed)\""), "\(message)")
  }
}
