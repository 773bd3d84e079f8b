import Checkpoints
import Models
import Tensors
import Testing

@Suite struct UNet2DConditionModelTests {
  /// Runs a model over the fixture's inputs and returns its error against the reference.
  private func error(_ model: UNet2DConditionModel, _ fixture: Fixture) throws -> Double {
    let output = try model(
      sample: try fixture.picture("sample"),
      timesteps: try fixture.golden.tensor("timesteps").values,
      context: try model.prepare(context: try fixture.golden.tensor("context")))
    return relativeError(output, try fixture.picture("output"))
  }

  private func error(
    _ name: String = "unet-variations",
    configure: (inout UNetConfiguration) -> Void = { _ in },
    tamper: (inout [String: Tensor]) -> Void = { _ in }
  ) throws -> Double {
    let fixture = try Fixture(name)
    var configuration = try UNetConfiguration(try fixture.members(), path: "config.json")
    configure(&configuration)
    var weights = try fixture.weights()
    tamper(&weights)
    return try error(
      UNet2DConditionModel(
        configuration: configuration, weights: WeightStore(tensors: weights)), fixture)
  }

  private func model(_ fixture: Fixture) throws -> UNet2DConditionModel {
    try UNet2DConditionModel(
      configuration: try UNetConfiguration(try fixture.members(), path: "config.json"),
      weights: try WeightStore(folder: fixture.path))
  }

  @Test(arguments: [
    "unet-sd", "unet-sd2", "unet-context-only", "unet-embedded", "unet-variations",
  ])
  func `the prediction is the reference's`(name: String) throws {
    let fixture = try Fixture(name)
    let error = try self.error(try model(fixture), fixture)
    print("\(name): \(error)")
    #expect(error < usual)
  }

  @Test func `one timestep for all is the same as one for each`() throws {
    let fixture = try Fixture("unet-sd")
    let model = try model(fixture)
    let sample = try fixture.picture("sample")
    let context = try fixture.golden.tensor("context")
    let each = try model(
      sample: sample, timesteps: [40, 40], context: try model.prepare(context: context))
    let all = try model(sample: sample, timestep: 40, context: context)
    #expect(each.values == all.values)
  }

  @Test func `a sample has the same bits alone and in a batch`() throws {
    let fixture = try Fixture("unet-sd")
    let model = try model(fixture)
    let sample = try fixture.picture("sample")
    let context = try fixture.golden.tensor("context")
    let both = try model(sample: sample, timestep: 40, context: context)
    let alone = try model(
      sample: sample.slice(1..<2, axis: 0), timestep: 40, context: context.slice(1..<2, axis: 0))
    #expect(both.slice(1..<2, axis: 0).values == alone.values)
  }

  @Test(
    arguments: [
      (
        Fault.swappedBiases, "up_blocks.0.resnets.0.conv1.bias", "up_blocks.0.resnets.0.conv2.bias"
      ),
      (.transposedWeight, "mid_block.attentions.0.transformer_blocks.0.attn1.to_q.weight", ""),
      (.transposedWeight, "down_blocks.1.resnets.1.conv2.weight", ""),
      (.shiftedScale, "up_blocks.2.attentions.0.transformer_blocks.0.norm3.weight", ""),
    ])
  func `a planted fault is seen`(fault: Fault, first: String, second: String) throws {
    #expect(try error("unet-sd", tamper: { fault.apply(to: &$0, first, second) }) > bound)
  }

  @Test func `a wrong epsilon is seen`() throws {
    #expect(try error("unet-sd") < usual)
    #expect(try error("unet-sd", configure: { $0.epsilon = 1e-6 }) > bound)
    #expect(try error("unet-sd", configure: { $0.projectionEpsilon = 1e-5 }) > bound)
    #expect(try error("unet-sd", configure: { $0.transformerEpsilon = 1e-6 }) > bound)
  }

  @Test func `a wrong setting is seen`() throws {
    #expect(try error() < usual)
    #expect(try error(configure: { $0.cosinesFirst.toggle() }) > bound)
    #expect(try error(configure: { $0.frequencyShift = 0 }) > bound)
    #expect(try error(configure: { $0.isDownsamplingAsymmetric.toggle() }) > bound)
    #expect(try error(configure: { $0.heads = [1, 3, 6] }) > bound)
    #expect(try error(configure: { $0.heads = [2, 2, 6] }) > bound)
    #expect(try error(configure: { $0.groups = 6 }) > bound)
  }

  @Test func `which levels attend to the context alone is read level by level`() throws {
    let name = "unet-context-only"
    let fixture = try Fixture(name)
    let configuration = try UNetConfiguration(try fixture.members(), path: "config.json")
    #expect(configuration.attendsToContextOnly == [true, false, true])
    #expect(throws: CheckpointError.self) {
      try error(name, configure: { $0.attendsToContextOnly = [true, true, true] })
    }
    #expect(throws: CheckpointError.self) {
      try error(name, configure: { $0.attendsToContextOnly = [false, false, true] })
    }
  }

  @Test func `heads differ from level to level`() throws {
    #expect(try error("unet-sd2", configure: { $0.heads = [1, 2, 4, 2] }) > bound)
    #expect(try error("unet-sd2", configure: { $0.heads = [2, 2, 4, 4] }) > bound)
  }

  @Test(arguments: ["unet-variations", "unet-context-only"])
  func `every tensor matters`(model: String) throws {
    let names = try Fixture(model).weights().keys
    try onOneThread {
      for name in names {
        let error = try error(model, tamper: { $0[name] = $0[name].map(reversed) })
        #expect(error > bound, "\(name)")
      }
    }
  }

  @Test func `inputs of other shapes are refused`() throws {
    let fixture = try Fixture("unet-variations")
    let model = try model(fixture)
    let context = Tensor(repeating: 0.5, shape: [2, 7, 10])
    let sample = Tensor(repeating: 0.5, shape: [2, 8, 8, 5])
    #expect(throws: Never.self) { try model(sample: sample, timestep: 1, context: context) }
    for wrong in [[2, 8, 8, 4], [1, 8, 8, 5], [8, 8, 5], [2, 0, 8, 5]] {
      #expect(throws: ModelError.self) {
        try model(
          sample: Tensor(repeating: 0, shape: Shape(wrong)), timestep: 1, context: context)
      }
    }
    for wrong in [[2, 7, 9], [3, 7, 10], [7, 10], [2, 0, 10]] {
      #expect(throws: ModelError.self) {
        try model(
          sample: sample, timestep: 1, context: Tensor(repeating: 0, shape: Shape(wrong)))
      }
    }
    #expect(throws: ModelError.self) {
      try model(sample: sample, timestep: .nan, context: context)
    }
  }

  @Test func `the smallest samples work`() throws {
    let fixture = try Fixture("unet-embedded")
    let model = try model(fixture)
    for (height, width) in [(1, 1), (1, 9), (3, 2)] {
      let output = try model(
        sample: Tensor(repeating: 0.5, shape: [1, height, width, 17]), timestep: 1,
        context: Tensor(repeating: 0.5, shape: [1, 1, 32]))
      #expect(output.shape == [1, height, width, 8])
      #expect(!output.values.contains { !$0.isFinite })
    }
  }
}
