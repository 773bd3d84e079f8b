import Checkpoints
import Compute
import Foundation
import Models
import Tensors
import TestSupport
import Testing

/// Whole networks whose weights are kept in fewer bits.
@Suite struct WeightStorageTests {
  private let assembly: Assembly
  private let folder: ModelFolder

  init() throws {
    assembly = try Assembly()
    folder = try ModelFolder(path: assembly.path)
  }

  private func comparison(_ storage: WeightStorage) throws -> StorageComparison {
    try StorageComparison(folder: assembly.path, storage: storage)
  }

  @Test func `32 bits change nothing`() throws {
    let comparison = try comparison(.float32)
    for layer in comparison.layers {
      #expect(layer.weightError == 0 && layer.outputError == 0 && layer.largestError == 0)
      #expect(layer.bytes == layer.storedBytes)
    }
    for network in comparison.networks { #expect(network.passes.values.allSatisfy { $0 == 0 }) }
  }

  /// The fixtures' weights were rounded to 16 bits when they were made.
  @Test func `weights that fit 16 bits lose nothing in them`() throws {
    let comparison = try comparison(.float16)
    for layer in comparison.layers {
      #expect(layer.weightError == 0 && layer.outputError == 0, "\(layer.name)")
      #expect(layer.storedBytes * 2 == layer.bytes)
    }
  }

  /// bfloat16 rounds by half of 2^-8 at most; 8 bits by half a step of 1/127 of a row's largest.
  @Test(arguments: [(WeightStorage.bfloat16, 2e-4...4e-3), (.int8, 1e-3...0.03)])
  func `fewer bits cost what they must`(
    storage: WeightStorage, errors: ClosedRange<Double>
  ) throws {
    let comparison = try comparison(storage)
    #expect(comparison.layers.count > 60)
    for layer in comparison.layers {
      #expect(errors.contains(layer.weightError), "\(layer.name): \(layer.weightError)")
      #expect(layer.outputError < 4 * errors.upperBound, "\(layer.name): \(layer.outputError)")
      #expect(layer.outputError > 0 && layer.largestError > 0, "\(layer.name)")
      #expect(layer.storedBytes < layer.bytes * (storage == .int8 ? 6 : 8) / 16 + 4096)
    }
    #expect(comparison.networks.map(\.name) == ["text_encoder", "unet", "vae"])
    #expect(
      comparison.networks.map { $0.passes.keys.sorted() } == [
        ["encode"], ["denoise"], ["decode", "encode"],
      ])
    for network in comparison.networks {
      let own = comparison.layers.filter { $0.network == network.name }
      #expect(network.layers == own.count)
      #expect(network.storedBytes == own.map(\.storedBytes).reduce(0, +))
      #expect(network.largestOutputError == own.map(\.outputError).max())
      #expect(network.passes.values.allSatisfy { $0 > 1e-5 && $0 < 0.5 }, "\(network.passes)")
    }
  }

  /// The 2.x layout with a tiny autoencoder, whose convolutions have no biases in part.
  @Test func `no matrix and no kernel escapes the storage`() throws {
    let other = try Assembly(
      text: "clip-sd2", unet: "unet-sd2", vae: "vae-tiny", vaeClass: "AutoencoderTiny")
    let embedded = ["clip-quick-gelu", "unet-embedded", "vae-embedded"]
    for (path, fixtures) in [
      (assembly.path, embedded), (other.path, ["clip-sd2", "unet-sd2", "vae-tiny"]),
    ] {
      let comparison = try StorageComparison(folder: path, storage: .int8)
      for (network, name) in zip(["text_encoder", "unet", "vae"], fixtures) {
        let naming: WeightNaming =
          switch network {
          case "vae": .autoencoder
          case "unet": .asStored
          default: .textEncoder
          }
        let weights = try Fixture(name).weights(naming).filter {
          $0.value.shape.rank > 1 && !$0.key.contains("embedding.weight")
        }
        let compared = comparison.layers.filter { $0.network == network }
        #expect(Set(compared.map { "\($0.name).weight" }) == Set(weights.keys))
        #expect(compared.allSatisfy { $0.weightError > 0 }, "\(name)")
      }
    }
  }

  @Test func `names are in the order of their numbers`() throws {
    let names = try comparison(.bfloat16).layers.filter { $0.network == "unet" }.map(\.name)
    let first = try #require(names.firstIndex { $0.hasPrefix("down_blocks.0.") })
    let last = try #require(names.firstIndex { $0.hasPrefix("down_blocks.3.") })
    #expect(first < last)
    #expect(Set(names).count == names.count)
  }

  @Test
  func `adapters are merged before the weights are rounded, and computed beside them exactly`()
    throws
  {
    let file = try AdapterFile(path: try Fixture("adapters").path + "/kohya.safetensors")
    let (exact, stored) = (
      try EditorNetworks(folder: folder), try EditorNetworks(folder: folder, storage: .bfloat16)
    )
    let context = Tensor(repeating: 0.5, shape: [1, 3, 32])
    var generator = TorchGenerator(seed: 5)
    let sample = generator.normal(shape: [1, 8, 8, 17])
    func noise(_ networks: EditorNetworks) throws -> Tensor {
      try networks.unet(sample: sample, timestep: 30, context: context)
    }
    let wanted = try noise(try exact.adapted(by: [(try exact.adapter(file), 1)]))
    let beside = try noise(try stored.adapted(by: [(try stored.adapter(file), 1)]))
    let merged = try noise(
      try EditorNetworks(folder: folder, storage: .bfloat16, merging: [(file, 1)]))
    for noise in [beside, merged] {
      let error = relativeError(noise, wanted)
      #expect(error > 1e-5 && error < 0.1)
    }
  }

  @Test func `a weight that half precision cannot hold is named`() throws {
    let fixture = try Fixture("clip-quick-gelu")
    let name = "encoder.layers.1.mlp.fc1.weight"
    for (value, isHeld) in [(Float(65_519), true), (65_520, false), (.infinity, false)] {
      var weights = try fixture.weights(.textEncoder)
      weights[name] = Tensor(
        [value] + Array(weights[name]?.values.dropFirst() ?? []), shape: [80, 32])
      let scratch = try ScratchFolder()
      let copy = scratch.path + "/model"
      let files = FileManager.default
      try files.copyItem(atPath: assembly.path, toPath: copy)
      try files.removeItem(atPath: copy + "/text_encoder")
      try files.createDirectory(atPath: copy + "/text_encoder", withIntermediateDirectories: true)
      try files.copyItem(
        atPath: fixture.path + "/config.json", toPath: copy + "/text_encoder/config.json")
      try SafetensorsWriter.write(weights, to: copy + "/text_encoder/model.safetensors")
      let folder = try ModelFolder(path: copy)
      if isHeld {
        _ = try EditorNetworks(folder: folder, storage: .float16)
      } else {
        let error = #expect(throws: ModelError.self) {
          try EditorNetworks(folder: folder, storage: .float16)
        }
        #expect(error?.description.contains(name) == true)
        #expect(error?.description.contains("bf16") == true)
        _ = try EditorNetworks(folder: folder, storage: .bfloat16)
      }
    }
  }
}
