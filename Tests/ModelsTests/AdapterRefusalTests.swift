import Checkpoints
import Foundation
import Models
import Tensors
import TestSupport
import Testing

/// Adapters that cannot be applied, and what is said about them.
@Suite struct AdapterRefusalTests {
  private static let layer = "unet.mid_block.attentions.0.transformer_blocks.0.attn1.to_q"
  private static let good = [
    "\(layer).lora_A.weight": Tensor(repeating: 0.5, shape: [2, 48]),
    "\(layer).lora_B.weight": Tensor(repeating: 0.5, shape: [48, 2]),
  ]

  /// What loading these tensors as an adapter says; nothing where it is taken.
  private func refusal(
    _ tensors: [String: Tensor], metadata: String? = nil, merging: Bool = false
  ) throws -> String? {
    let scratch = try ScratchFolder()
    let path = scratch.path + "/adapter.safetensors"
    try SafetensorsWriter.write(
      tensors, to: path, metadata: metadata.map { ["lora_adapter_metadata": $0] } ?? [:])
    let assembly = try Assembly()
    let folder = try ModelFolder(path: assembly.path)
    do {
      let file = try AdapterFile(path: path)
      if merging {
        _ = try EditorNetworks(folder: folder, merging: [(file, 1)])
      } else {
        _ = try EditorNetworks(folder: folder).adapter(file)
      }
      return nil
    } catch {
      return error.description
    }
  }

  private func expect(
    _ words: String..., of tensors: [String: Tensor], metadata: String? = nil,
    merging: Bool = false, location: SourceLocation = #_sourceLocation
  ) throws {
    let text = try refusal(tensors, metadata: metadata, merging: merging) ?? "taken"
    for word in words { #expect(text.contains(word), "\(text)", sourceLocation: location) }
  }

  @Test func `a good one is taken`() throws {
    #expect(try refusal(Self.good) == nil)
    #expect(try refusal(Self.good, merging: true) == nil)
  }

  @Test(arguments: [
    "unet.conv_in.dora_scale", "lora_unet_conv_in.hada_w1_a", "lora_unet_conv_in.lokr_w1",
    "lora_unet_conv_in.lora_mid.weight", "unet.conv_in.lora_B.bias",
    "text_encoder_2.text_model.encoder.layers.0.mlp.fc1.lora_A.weight",
    "lora_te2_text_model_encoder_layers_0_mlp_fc1.alpha", "conv_in.weight", "unet.conv_in.lora_A",
  ])
  func `a tensor of another kind is named`(name: String) throws {
    var tensors = Self.good
    tensors[name] = Tensor(repeating: 1, shape: [2, 2])
    try expect("\"\(name)\"", "no LoRA tensor", of: tensors)
  }

  @Test(
    arguments: [
      "unet.mid_block.attentions.1.transformer_blocks.0.attn1.to_q",
      "text_encoder.text_model.encoder.layers.3.mlp.fc1", "unet.add_embedding.linear_1",
      "lora_unet_input_blocks_1_1_proj_in", "unet.mid_block.attentions.0.norm",
    ], [false, true])
  func `a layer that the model lacks is named`(layer: String, merging: Bool) throws {
    var tensors = Self.good
    tensors["\(layer).lora_down.weight"] = Tensor(repeating: 1, shape: [1, 8])
    tensors["\(layer).lora_up.weight"] = Tensor(repeating: 1, shape: [8, 1])
    try expect("\"\(layer).lora_down.weight\"", "does not have", of: tensors, merging: merging)
  }

  @Test(arguments: [
    ([2, 47], [48, 2], "must"), ([2, 48], [47, 2], "must"),
    ([2, 48, 3, 3], [48, 2, 1, 1], "must"),
    ([2, 48], [48, 3], "low rank"), ([2, 48], [48, 2, 3, 3], "low rank"), ([48], [48], "low rank"),
    ([0, 48], [48, 0], "low rank"),
  ])
  func `another shape is named`(down: [Int], up: [Int], word: String) throws {
    let name = "\(Self.layer).lora_A.weight"
    for merging in [false, true] {
      try expect(
        "\"\(name)\"", word == "must" ? "[48, 48]" : word,
        of: [
          name: Tensor(repeating: 1, shape: Shape(down)),
          "\(Self.layer).lora_B.weight": Tensor(repeating: 1, shape: Shape(up)),
        ], merging: merging)
    }
  }

  @Test func `half a pair, a tensor given twice, and no tensors are refused`() throws {
    var half = Self.good
    half["\(Self.layer).lora_B.weight"] = nil
    try expect("\"\(Self.layer).lora_A.weight\"", "counterpart", of: half)
    var twice = Self.good
    twice["\(Self.layer).lora.down.weight"] = Tensor(repeating: 0.5, shape: [2, 48])
    try expect("twice", of: twice)
    try expect("no tensors", of: [:])
    var lonely = Self.good
    lonely["unet.conv_in.alpha"] = Tensor(2)
    try expect("\"unet.conv_in.alpha\"", "counterpart", of: lonely)
  }

  @Test func `settings that ask for more are refused by their key`() throws {
    try expect("unet.use_dora", of: Self.good, metadata: #"{"unet.use_dora": true}"#)
    try expect("lora_alpha", of: Self.good, metadata: #"{"unet.lora_alpha": "four"}"#)
    try expect("alpha_pattern", of: Self.good, metadata: #"{"unet.alpha_pattern": {"a": []}}"#)
    try expect("JSON", of: Self.good, metadata: "{")
    #expect(try refusal(Self.good, metadata: #"{"unet.r": 2, "unet.use_dora": false}"#) == nil)
  }

  @Test(arguments: [".alpha", "unet..lora_A.weight", "lora_unet_.lora_up.weight", "_lora.alpha"])
  func `a key without a layer is refused`(name: String) throws {
    var tensors = Self.good
    tensors[name] = Tensor(repeating: 1, shape: [2, 2])
    #expect(try refusal(tensors) != nil)
  }

  @Test func `an alpha that is no number is refused`() throws {
    var tensors = Self.good
    tensors["\(Self.layer).alpha"] = Tensor(.nan)
    try expect("alpha", of: tensors)
  }
}
