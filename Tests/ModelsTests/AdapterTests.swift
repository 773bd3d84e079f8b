import Checkpoints
import Foundation
import Models
import Tensors
import Testing

/// LoRA adapters beside what diffusers makes of them; see `Scripts/fixtures/make_adapters.py`.
@Suite struct AdapterTests {
  private let golden: SafetensorsFile
  private let folder: ModelFolder
  private let assembly: Assembly

  init() throws {
    golden = try Fixture("adapters").golden
    assembly = try Assembly()
    folder = try ModelFolder(path: assembly.path)
  }

  private func file(_ name: String) throws -> AdapterFile {
    try AdapterFile(path: try Fixture("adapters").path + "/\(name).safetensors")
  }

  /// The largest error of the text encoder and the U-Net against the reference.
  private func error(_ networks: EditorNetworks, _ name: String) throws -> Double {
    let (unet, text) = (try Fixture("unet-embedded"), try Fixture("clip-quick-gelu"))
    let tokens = try text.golden.integers("tokens")
    let hidden = try networks.textEncoder(
      tokens: stride(from: 0, to: tokens.count, by: 16).map { Array(tokens[$0..<$0 + 16]) })
    let noise = try networks.unet(
      sample: try unet.picture("sample"), timesteps: try unet.golden.tensor("timesteps").values,
      context: try networks.unet.prepare(context: try unet.golden.tensor("context")))
    return max(
      relativeError(hidden, try golden.tensor("\(name).text")),
      relativeError(noise, try golden.tensor("\(name).unet").transposed([0, 2, 3, 1])))
  }

  static let combinations: [(name: String, adapters: [(String, Double)])] = [
    ("peft", [("peft", 1)]), ("legacy", [("legacy", 1)]), ("kohya", [("kohya", 1)]),
    ("half", [("kohya", 0.5)]), ("two", [("peft", 0.75), ("kohya", -0.5)]),
    ("three", [("legacy", 1.25), ("peft", -0.5), ("kohya", 0.25)]),
  ]

  @Test(arguments: combinations)
  func `adapters beside the layers give what the reference gives`(
    name: String, adapters: [(String, Double)]
  ) throws {
    let networks = try EditorNetworks(folder: folder)
    let fitting = try adapters.map { (adapter: try networks.adapter(try file($0)), weight: $1) }
    let error = try error(try networks.adapted(by: fitting), name)
    print("\(name) beside: \(error)")
    #expect(error < usual)
    #expect(try self.error(networks, name) > 0.02, "the networks themselves must not have changed")
  }

  @Test(arguments: combinations)
  func `merged adapters give what the reference's fused ones give`(
    name: String, adapters: [(String, Double)]
  ) throws {
    let networks = try EditorNetworks(
      folder: folder, merging: try adapters.map { (try file($0), $1) })
    let error = try error(networks, "\(name).fused")
    print("\(name) merged: \(error)")
    #expect(error < usual)
  }

  @Test func `a merged adapter and one beside it give what both beside give`() throws {
    let networks = try EditorNetworks(folder: folder, merging: [(try file("peft"), 0.75)])
    let kohya = try networks.adapter(try file("kohya"))
    #expect(try error(try networks.adapted(by: [(kohya, -0.5)]), "two") < usual)
  }

  @Test func `no adapters, or weights of nothing, are the networks themselves`() throws {
    let networks = try EditorNetworks(folder: folder)
    let kohya = try networks.adapter(try file("kohya"))
    let context = Tensor(repeating: 0.5, shape: [1, 3, 32])
    let sample = Tensor(repeating: 0.25, shape: [1, 4, 4, 17])
    func noise(_ networks: EditorNetworks) throws -> [Float] {
      try networks.unet(sample: sample, timestep: 3, context: context).values
    }
    let plain = try noise(networks)
    #expect(try noise(try networks.adapted(by: [])) == plain)
    #expect(try noise(try networks.adapted(by: [(kohya, 0)])) == plain)
    #expect(try noise(try networks.adapted(by: [(kohya, 0.01)])) != plain)
  }

  @Test func `an adapted sample has the same bits alone and in a batch`() throws {
    let networks = try EditorNetworks(folder: folder)
    let adapted = try networks.adapted(by: [(try networks.adapter(try file("kohya")), 1)])
    var generator = TorchGenerator(seed: 3)
    let sample = generator.normal(shape: [2, 6, 5, 17])
    let context = generator.normal(shape: [2, 4, 32])
    let both = try adapted.unet(sample: sample, timestep: 40, context: context)
    let alone = try adapted.unet(
      sample: sample.slice(1..<2, axis: 0), timestep: 40, context: context.slice(1..<2, axis: 0))
    #expect(both.slice(1..<2, axis: 0).values == alone.values)
  }

  @Test func `a rank-stabilized alpha is divided by the root of the rank`() throws {
    let layer = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q"
    let networks = try EditorNetworks(folder: folder)
    func noise(_ settings: String, weight: Double) throws -> [Float] {
      let path = "\(assembly.path)/adapter.safetensors"
      try SafetensorsWriter.write(
        [
          "\(layer).lora_A.weight": Tensor(repeating: 0.5, shape: [4, 48]),
          "\(layer).lora_B.weight": Tensor(repeating: 0.5, shape: [48, 4]),
        ], to: path, metadata: ["lora_adapter_metadata": settings])
      let adapter = try networks.adapter(try AdapterFile(path: path))
      return try networks.adapted(by: [(adapter, weight)]).unet(
        sample: Tensor((0..<17 * 16).map { Float($0 % 7) }, shape: [1, 4, 4, 17]), timestep: 3,
        context: Tensor(repeating: 0.5, shape: [1, 3, 32])
      ).values
    }
    let plain = try noise("{}", weight: 1)
    #expect(try noise(#"{"unet.lora_alpha": 2, "unet.use_rslora": true}"#, weight: 1) == plain)
    #expect(try noise(#"{"unet.lora_alpha": 2}"#, weight: 2) == plain)
    #expect(try noise(#"{"unet.lora_alpha": 2}"#, weight: 1) != plain)
    let pattern = #"{"unet.lora_alpha": 9, "unet.alpha_pattern": {"attn1.to_q": 4, "to_q": 8}}"#
    #expect(try noise(pattern, weight: 1) == plain)
  }

  @Test(arguments: ["", "unet.", "lora_unet_"])
  func `the spellings of a layer are one`(prefix: String) throws {
    let networks = try EditorNetworks(folder: folder)
    let name = "mid_block.attentions.0.transformer_blocks.0.attn1"
    func noise(_ down: String, _ up: String) throws -> [Float] {
      let path = "\(assembly.path)/spelling.safetensors"
      try SafetensorsWriter.write(
        [
          down: Tensor(repeating: 0.5, shape: [4, 48]), up: Tensor(repeating: 0.5, shape: [48, 4]),
        ], to: path)
      let adapter = try networks.adapter(try AdapterFile(path: path))
      return try networks.adapted(by: [(adapter, 1)]).unet(
        sample: Tensor(repeating: 0.5, shape: [1, 4, 4, 17]), timestep: 3,
        context: Tensor(repeating: 0.5, shape: [1, 3, 32])
      ).values
    }
    let peft = try noise(
      "unet.\(name).to_out.0.lora_A.weight", "unet.\(name).to_out.0.lora_B.weight")
    let old = "\(prefix)\(name).processor.to_out_lora"
    #expect(try noise("\(old).down.weight", "\(old).up.weight") == peft)
    let flat = "\(prefix)\(name.replacing(".", with: "_"))_to_out_0"
    #expect(try noise("\(flat).lora_down.weight", "\(flat).lora_up.weight") == peft)
    let third = "\(prefix)\(name).to_out.0.lora"
    #expect(try noise("\(third).down.weight", "\(third).up.weight") == peft)
  }

  @Test func `adapting takes little time`() throws {
    let networks = try EditorNetworks(folder: folder)
    let kohya = try networks.adapter(try file("kohya"))
    let clock = ContinuousClock()
    let times = try (0..<5).map { _ in
      try clock.measure { _ = try networks.adapted(by: [(kohya, 1)]) }
    }
    print("adapted in \(times.min() ?? .zero)")
    #expect(times.min() ?? .zero < .milliseconds(100))
  }
}
