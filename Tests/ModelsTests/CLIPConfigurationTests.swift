import Checkpoints
import Layers
import Models
import Testing

@Suite struct CLIPConfigurationTests {
  /// A published size.
  private static func published(
    _ width: Int, layers: Int, heads: Int, patch: Int, image: Int = 224, text: Int,
    textLayers: Int, projection: Int, _ activation: Activation
  ) -> CLIPConfiguration {
    CLIPConfiguration(
      text: CLIPTextConfiguration(
        width: text, innerWidth: 4 * text, layers: textLayers, heads: text / 64,
        activation: activation),
      vision: CLIPVisionConfiguration(
        width: width, innerWidth: 4 * width, layers: layers, heads: heads, imageSize: image,
        patchSize: patch, activation: activation, projection: projection),
      endOfText: .largestToken)
  }

  private static let published: KeyValuePairs = [
    "ViT-B/32": published(
      768, layers: 12, heads: 12, patch: 32, text: 512, textLayers: 12, projection: 512,
      .quickGELU),
    "ViT-L/14": published(
      1024, layers: 24, heads: 16, patch: 14, text: 768, textLayers: 12, projection: 768,
      .quickGELU),
    "ViT-L/14@336": published(
      1024, layers: 24, heads: 16, patch: 14, image: 336, text: 768, textLayers: 12,
      projection: 768, .quickGELU),
    "ViT-H/14": published(
      1280, layers: 32, heads: 16, patch: 14, text: 1024, textLayers: 24, projection: 1024, .gelu),
  ]

  @Test func `published sizes are read off their tensors`() throws {
    for (variant, configuration) in Self.published {
      var shapes = configuration.weightShapes(.openAI)
      #expect(configuration.variant == variant)
      if configuration.vision.width == 1280 {
        #expect(try CLIPConfiguration(openAI: shapes, path: "x") == configuration)
      }
      // Tensors do not show the activation of sizes that both have released.
      let named = try CLIPConfiguration(
        openAI: shapes, path: "x", activation: configuration.vision.activation)
      #expect(named == configuration)
      if configuration.vision.width <= 1024 {
        #expect(throws: ModelError.self) { try CLIPConfiguration(openAI: shapes, path: "x") }
        shapes["input_resolution"] = []
        #expect(try CLIPConfiguration(openAI: shapes, path: "x") == configuration)
      }
    }
  }

  @Test func `every name is translated and back`() {
    for (_, configuration) in Self.published {
      let names = configuration.weightShapes(.openAI).keys
      #expect(names.contains("visual.transformer.resblocks.3.attn.in_proj_weight"))
      #expect(names.contains("transformer.resblocks.0.mlp.c_proj.bias"))
      for name in names {
        let canonical = CLIPLayout.openAI.canonical(name)
        #expect(canonical.map(CLIPLayout.openAI.stored) == name)
      }
      let known = Set(configuration.weightShapes(.transformers).keys)
      let single = names.compactMap(CLIPLayout.openAI.canonical)
        .filter { !$0.contains("in_proj_") && !$0.hasSuffix(".transposed") }
      #expect(single.allSatisfy(known.contains))
    }
  }

  @Test func `shapes that make no CLIP are refused`() {
    let shapes = Self.published[0].value.weightShapes(.openAI)
    for (name, shape) in [
      ("visual.conv1.weight", nil), ("visual.conv1.weight", [768]),
      ("visual.positional_embedding", [51, 768]), ("visual.positional_embedding", [0, 768]),
      ("transformer.resblocks.0.ln_1.weight", nil), ("ln_final.weight", [0]),
      ("visual.conv1.weight", [700, 3, 32, 32]), ("visual.proj", [768]),
    ] as [(String, [Int]?)] {
      var wrong = shapes
      wrong[name] = shape
      #expect(throws: ModelError.self, "\(name)") {
        try CLIPConfiguration(openAI: wrong, path: "x", activation: .gelu)
      }
    }
  }

  @Test func `an older configuration with its many defaults is read`() throws {
    let text = """
      {"model_type": "clip", "projection_dim": 768, "logit_scale_init_value": 2.6592,
       "text_config": {"hidden_size": 512, "eos_token_id": 2, "id2label": {"0": "LABEL_0"},
         "num_beams": 1, "is_decoder": false, "pruned_heads": {}, "max_length": 20},
       "text_config_dict": {"hidden_size": 768, "intermediate_size": 3072,
         "num_attention_heads": 12, "num_hidden_layers": 12, "projection_dim": 768},
       "vision_config": {"hidden_size": 768}, "vision_config_dict": {"hidden_size": 1024,
         "intermediate_size": 4096, "num_attention_heads": 16, "num_hidden_layers": 24,
         "patch_size": 14, "projection_dim": 768}, "torch_dtype": "float32",
       "transformers_version": null}
      """
    var expected = Self.published[1].value
    expected.endOfText = .token(49407)
    #expect(try CLIPConfiguration(try members(text), path: "config.json") == expected)
  }

  @Test(arguments: [
    #"{"text_config": {"eos_token_id": [1, 2]}}"#, #"{"text_config": 3}"#, #"{"trick": 1}"#,
    #"{"vision_config": {"trick": 1}}"#, #"{"vision_config": {"is_decoder": true}}"#,
    #"{"vision_config": {"num_channels": 4}}"#, #"{"vision_config": {"patch_size": 225}}"#,
    #"{"vision_config": {"num_attention_heads": 7}}"#, #"{"model_type": "blip"}"#,
    #"{"vision_config": {"hidden_act": "relu"}}"#,
  ])
  func `an unknown setting is refused`(text: String) throws {
    let members = try members(text)
    #expect(throws: ModelError.self) { try CLIPConfiguration(members, path: "config.json") }
  }

  private func members(_ text: String) throws -> JSONObject {
    let value = try Array(text.utf8).withUnsafeBytes {
      try JSONParser.parse($0, limits: .configuration)
    }
    guard case .object(let members) = value else { return JSONObject() }
    return members
  }
}
