import Checkpoints
import Tensors
import TestSupport
import Testing

@Suite struct WeightStoreTests {
  private let folder: ScratchFolder

  init() throws { folder = try ScratchFolder() }

  private func file(_ name: String, _ tensors: [String: Tensor]) throws -> SafetensorsFile {
    let path = "\(folder.path)/\(name)"
    try SafetensorsWriter.write(tensors, to: path)
    return try SafetensorsFile(path: path)
  }

  private let one = Tensor([1, 2, 3, 4], shape: [2, 2])

  @Test func `a tensor is taken once, in the shape that is asked for`() throws {
    var store = try WeightStore(files: [try file("a", ["w": one])], path: "unet")
    #expect(store.contains("w"))
    #expect(
      throws: CheckpointError.wrongShape(
        path: "unet", tensor: "w", expected: [4], found: [2, 2])
    ) { try store.take("w", shape: [4]) }
    #expect(try store.take("w", shape: [2, 2]).values == [1, 2, 3, 4])
    #expect(throws: Never.self) { try store.finish() }
    #expect(
      throws: CheckpointError.missingTensor(
        path: "unet", tensor: "w", shape: [2, 2], unread: [])
    ) { try store.take("w", shape: [2, 2]) }
  }

  @Test func `missing and unexpected tensors are told by name`() throws {
    var store = WeightStore(tensors: ["known": one, "odd": one, "odder": one], path: "unet")
    _ = try store.take("known", shape: [2, 2])
    #expect(
      throws: CheckpointError.missingTensor(
        path: "unet", tensor: "other", shape: [7], unread: ["odd", "odder"])
    ) { try store.take("other", shape: [7]) }
    #expect(throws: CheckpointError.unexpectedTensors(path: "unet", tensors: ["odd", "odder"])) {
      try store.finish()
    }
  }

  @Test func `a matrix may be stored as a convolution, and nothing else may`() throws {
    let kernel = one.reshaped([2, 2, 1, 1])
    var store = WeightStore(tensors: ["k": kernel, "m": one, "x": one.reshaped([1, 2, 2])])
    #expect(try store.takeMatrix("k", rows: 2, columns: 2).shape == [2, 2])
    #expect(try store.takeMatrix("m", rows: 2, columns: 2).values == one.values)
    #expect(throws: CheckpointError.self) { try store.takeMatrix("x", rows: 2, columns: 2) }
  }

  @Test func `two shards must not give the same tensor`() throws {
    let files = [try file("a", ["w": one]), try file("b", ["w": one])]
    #expect(throws: CheckpointError.self) { try WeightStore(files: files, path: "unet") }
    let both = try file("c", ["text_model.w": one, "w": one])
    #expect(throws: Never.self) { try WeightStore(files: [both], path: "text") }
    #expect(throws: CheckpointError.self) {
      try WeightStore(files: [both], path: "text", naming: .textEncoder)
    }
  }

  @Test(
    arguments: [
      (WeightNaming.asStored, "a.query.weight", "a.query.weight"),
      (
        .autoencoder, "encoder.mid_block.attentions.0.query.weight",
        "encoder.mid_block.attentions.0.to_q.weight"
      ),
      (
        .autoencoder, "decoder.mid_block.attentions.0.proj_attn.bias",
        "decoder.mid_block.attentions.0.to_out.0.bias"
      ),
      (
        .autoencoder, "decoder.mid_block.attentions.0.to_k.bias",
        "decoder.mid_block.attentions.0.to_k.bias"
      ),
      (.textEncoder, "text_model.final_layer_norm.bias", "final_layer_norm.bias"),
      (.textEncoder, "final_layer_norm.bias", "final_layer_norm.bias"),
      (.textEncoder, "text_model.embeddings.position_ids", nil),
      (.textEncoder, "embeddings.position_ids", nil),
    ] as [(WeightNaming, String, String?)])
  func `older names are translated`(naming: WeightNaming, stored: String, name: String?) {
    #expect(naming.canonical(stored) == name)
  }
}
