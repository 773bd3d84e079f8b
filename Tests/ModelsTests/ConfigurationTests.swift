import Checkpoints
import Models
import Testing

/// What a network's configuration may say.
@Suite struct ConfigurationTests {
  /// A fixture's configuration with some keys replaced; `nil` removes a key.
  private func members(
    _ fixture: String, _ changes: [String: JSONValue?] = [:]
  ) throws -> JSONObject {
    let stored = try Fixture(fixture).members()
    var members = JSONObject()
    for key in stored.keys where changes[key] == nil {
      if let value = stored[key] { _ = members.add(key, value) }
    }
    for (key, value) in changes {
      if let value { _ = members.add(key, value) }
    }
    return members
  }

  private func list(_ integers: Int...) -> JSONValue { .array(integers.map { .integer($0) }) }

  /// Expects a refusal that names key and file.
  private func expectRefusal(
    _ key: String, _ read: @autoclosure () throws -> Void,
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let error = #expect(throws: ModelError.self, sourceLocation: sourceLocation) { try read() }
    let message = error?.description ?? ""
    #expect(
      message.contains("\"\(key)\"") && message.contains("config.json"), "\(message)",
      sourceLocation: sourceLocation)
  }

  // MARK: Every network

  @Test func `an unknown key is refused`() throws {
    let unknown: [String: JSONValue?] = ["new_trick": .bool(true)]
    expectRefusal(
      "new_trick", _ = try UNetConfiguration(members("unet-sd", unknown), path: "config.json"))
    expectRefusal(
      "new_trick", _ = try AutoencoderConfiguration(members("vae-sd", unknown), path: "config.json")
    )
    expectRefusal(
      "new_trick",
      _ = try CLIPTextConfiguration(members("clip-gelu", unknown), path: "config.json"))
  }

  @Test func `keys that exporters add are passed over`() throws {
    let extra: [String: JSONValue?] = [
      "_name_or_path": .string("x"), "decay": .number(0.9999), "optimization_step": .integer(3),
    ]
    #expect(
      try UNetConfiguration(members("unet-sd", extra), path: "")
        == UNetConfiguration(members("unet-sd"), path: ""))
  }

  // MARK: U-Net

  @Test(
    arguments: [
      ("act_fn", .string("gelu")), ("addition_embed_type", .string("text")),
      ("attention_head_dim", .integer(0)), ("attention_head_dim", .integer(5)),
      ("attention_head_dim", .array([.integer(8), .integer(8)])),
      ("attention_head_dim", .integer(1_000_000)), ("attention_type", .string("gated")),
      ("block_out_channels", .array([])), ("block_out_channels", .integer(320)),
      ("block_out_channels", .array([.integer(9_000_000_000), .integer(8)])),
      ("block_out_channels", .array([.integer(8), .integer(-8), .integer(8), .integer(8)])),
      ("center_input_sample", .bool(true)), ("class_embed_type", .string("timestep")),
      ("class_embeddings_concat", .bool(true)), ("conv_in_kernel", .integer(1)),
      ("conv_out_kernel", .integer(5)), ("cross_attention_dim", .string("768")),
      ("cross_attention_dim", .array([.integer(4), .integer(4), .integer(4), .integer(5)])),
      ("cross_attention_norm", .string("group_norm")),
      ("down_block_types", .array([.string("DownBlock2D")])),
      (
        "down_block_types",
        .array([
          .string("DownBlock2D"), .string("AttnDownBlock2D"), .string("DownBlock2D"),
          .string("DownBlock2D"),
        ])
      ),
      ("downsample_padding", .integer(2)), ("dual_cross_attention", .bool(true)),
      ("encoder_hid_dim", .integer(4)), ("encoder_hid_dim_type", .string("text_proj")),
      ("flip_sin_to_cos", .integer(1)), ("freq_shift", .integer(4)), ("in_channels", .integer(0)),
      ("in_channels", .number(9.5)), ("layers_per_block", .integer(0)),
      ("layers_per_block", .array([.integer(1)])), ("layers_per_block", .integer(1_000_000_000)),
      ("mid_block_only_cross_attention", .integer(1)), ("mid_block_scale_factor", .number(1.4)),
      ("mid_block_type", .string("UNetMidBlock2DSimpleCrossAttn")), ("norm_eps", .number(-1)),
      ("norm_num_groups", .null), ("norm_num_groups", .integer(0)),
      ("norm_num_groups", .integer(3)),
      ("num_attention_heads", .integer(8)), ("num_class_embeds", .integer(10)),
      ("only_cross_attention", .integer(1)), ("only_cross_attention", .array([.bool(true)])),
      ("only_cross_attention", .array([.bool(true), .bool(true), .bool(true), .null])),
      ("projection_class_embeddings_input_dim", .integer(4)),
      ("resnet_out_scale_factor", .number(0.5)), ("resnet_skip_time_act", .bool(true)),
      ("resnet_time_scale_shift", .string("scale_shift")),
      ("reverse_transformer_layers_per_block", .array([.integer(1)])),
      ("time_cond_proj_dim", .integer(4)), ("time_embedding_act_fn", .string("silu")),
      ("time_embedding_dim", .integer(0)), ("time_embedding_type", .string("fourier")),
      ("timestep_post_act", .string("silu")),
      ("transformer_layers_per_block", .array([.array([.integer(1)])])),
      ("up_block_types", .array([.string("UpBlock2D")])), ("upcast_attention", .integer(1)),
      ("use_linear_projection", .string("yes")),
      ("_class_name", .string("UNet2DModel")),
    ] as [(String, JSONValue)])
  func `a U-Net that would compute otherwise is refused by key`(key: String, value: JSONValue)
    throws
  {
    expectRefusal(
      key, _ = try UNetConfiguration(members("unet-sd", [key: value]), path: "config.json"))
  }

  @Test func `a U-Net with the reference's defaults is the full-size one`() throws {
    let configuration = try UNetConfiguration(JSONObject(), path: "")
    #expect(configuration.blockChannels == [320, 640, 1280, 1280])
    #expect(configuration.heads == [8, 8, 8, 8])
    #expect(configuration.contextWidth == 1280)
    #expect(configuration.timeWidth == 1280)
    #expect(configuration.downsamplingFactor == 8)
  }

  @Test func `lists and single numbers mean the same`() throws {
    let single = try UNetConfiguration(members("unet-sd"), path: "")
    let lists = try UNetConfiguration(
      members(
        "unet-sd",
        [
          "attention_head_dim": list(4, 4, 4, 4), "layers_per_block": list(2, 2, 2, 2),
          "cross_attention_dim": list(20, 20, 20, 20),
          "transformer_layers_per_block": list(1, 1, 1, 1), "sample_size": list(16, 16),
          "only_cross_attention": .array([JSONValue](repeating: .bool(false), count: 4)),
        ]), path: "")
    #expect(single == lists)
    #expect(single.heads == [4, 4, 4, 4])
  }

  @Test(arguments: [JSONValue.integer(.max), .integer(0), .array([.integer(-8), .integer(8)])])
  func `a size that no latent has is passed over`(size: JSONValue) throws {
    let configuration = try UNetConfiguration(members("unet-sd", ["sample_size": size]), path: "")
    #expect(configuration.sampleSize == nil)
  }

  @Test func `no middle block is said by null`() throws {
    let configuration = try UNetConfiguration(
      members("unet-sd", ["mid_block_type": .null]), path: "")
    #expect(configuration.middle == .absent)
  }

  @Test func `heads need not fit a level that does not attend`() throws {
    let heads = list(2, 3, 5, 6)
    let types: (String) -> JSONValue = { kind in
      .array(
        ["Cross", "Cross", "", "Cross"].map { .string($0.isEmpty ? kind : "CrossAttn" + kind) })
    }
    let down = types("DownBlock2D")
    let up = JSONValue.array(
      ["CrossAttnUpBlock2D", "UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"]
        .map { .string($0) })
    let changes: [String: JSONValue?] = [
      "attention_head_dim": heads, "block_out_channels": list(8, 12, 24, 24),
      "down_block_types": down, "up_block_types": up,
    ]
    #expect(throws: Never.self) { try UNetConfiguration(members("unet-sd", changes), path: "") }
    let attending = changes.merging(["up_block_types": nil]) { $1 }
    expectRefusal(
      "attention_head_dim",
      _ = try UNetConfiguration(members("unet-sd", attending), path: "config.json"))
  }

  // MARK: Autoencoder

  @Test(
    arguments: [
      ("act_fn", .string("relu")), ("block_out_channels", .array([])),
      ("block_out_channels", .array([JSONValue](repeating: .integer(8), count: 9))),
      ("down_block_types", .array([.string("DownEncoderBlock2D")])),
      (
        "up_block_types", .array([JSONValue](repeating: .string("AttnUpDecoderBlock2D"), count: 4))
      ), ("latent_channels", .integer(0)), ("latents_mean", .array([.integer(0)])),
      ("latents_std", .array([.integer(1)])), ("layers_per_block", .array([.integer(1)])),
      ("mid_block_add_attention", .string("no")), ("norm_num_groups", .integer(7)),
      ("norm_num_groups", .integer(0)), ("scaling_factor", .integer(0)),
      ("scaling_factor", .string("1")), ("shift_factor", .number(1e300)),
      ("use_quant_conv", .integer(1)), ("_class_name", .string("AutoencoderTiny")),
    ] as [(String, JSONValue)])
  func `an autoencoder that would compute otherwise is refused by key`(
    key: String, value: JSONValue
  ) throws {
    expectRefusal(
      key, _ = try AutoencoderConfiguration(members("vae-sd", [key: value]), path: "config.json"))
  }

  @Test func `an autoencoder's older configuration has the defaults`() throws {
    let configuration = try AutoencoderConfiguration(
      members(
        "vae-sd",
        [
          "scaling_factor": nil, "shift_factor": nil, "use_quant_conv": nil,
          "use_post_quant_conv": nil, "mid_block_add_attention": nil, "latents_mean": nil,
        ]), path: "")
    #expect(configuration == (try AutoencoderConfiguration(members("vae-sd"), path: "")))
    #expect(configuration.scalingFactor == 0.18215 && configuration.shiftFactor == 0)
    let legacy = try AutoencoderConfiguration(members("vae-legacy"), path: "")
    #expect(legacy.scalingFactor == 0.36 && legacy.shiftFactor == 0.11)
    #expect(legacy.downsamplingFactor == 2)
  }

  // MARK: Text encoder

  @Test(
    arguments: [
      ("hidden_act", .string("gelu_new")), ("hidden_act", .integer(1)),
      ("hidden_size", .integer(0)),
      ("layer_norm_eps", .string("1e-5")), ("max_position_embeddings", .integer(1_000_000)),
      ("model_type", .string("t5")), ("num_attention_heads", .integer(5)),
      ("num_attention_heads", .integer(0)), ("num_hidden_layers", .integer(0)),
      ("use_attention_mask", .bool(true)), ("vocab_size", .integer(-1)),
    ] as [(String, JSONValue)])
  func `a text encoder that would compute otherwise is refused by key`(
    key: String, value: JSONValue
  ) throws {
    expectRefusal(
      key, _ = try CLIPTextConfiguration(members("clip-gelu", [key: value]), path: "config.json"))
  }

  // MARK: Weights of another model

  @Test func `weights that do not fit the configuration are told by name`() throws {
    let fixture = try Fixture("unet-sd")
    for (key, value, tensor) in [
      ("in_channels", JSONValue.integer(4), "conv_in.weight"),
      ("cross_attention_dim", .integer(24), "attn2.to_k.weight"),
      ("layers_per_block", .integer(3), "resnets.2"),
      ("time_embedding_dim", .integer(1), "time_embedding.linear_1.weight"),
      ("block_out_channels", list(65536, 65536, 65536, 65536), "time_embedding"),
    ] {
      let configuration = try UNetConfiguration(members("unet-sd", [key: value]), path: "")
      let error = #expect(throws: CheckpointError.self) {
        try UNet2DConditionModel(
          configuration: configuration, weights: try WeightStore(folder: fixture.path))
      }
      #expect(error?.description.contains(tensor) == true, "\(key): \(String(describing: error))")
    }
    let shorter = try UNetConfiguration(
      members("unet-sd", ["mid_block_type": .null]), path: "")
    let error = #expect(throws: CheckpointError.self) {
      try UNet2DConditionModel(
        configuration: shorter, weights: try WeightStore(folder: fixture.path))
    }
    #expect(error?.description.contains("mid_block.") == true)
  }
}
