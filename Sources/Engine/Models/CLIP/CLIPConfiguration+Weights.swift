/// The tensors that a checkpoint of a configuration holds.
extension CLIPConfiguration {
  /// Shapes by name, as a checkpoint of this layout stores them.
  package func weightShapes(_ layout: CLIPLayout) -> [String: [Int]] {
    var shapes = ["logit_scale": [Int]()]
    for (name, shape) in text.weightShapes { shapes["text_model.\(name)"] = shape }
    for (name, shape) in vision.weightShapes { shapes["vision_model.\(name)"] = shape }
    shapes["text_projection.weight"] = [projection, text.width]
    shapes["visual_projection.weight"] = [projection, vision.width]
    guard layout == .openAI else { return shapes }
    var stored: [String: [Int]] = [:]
    for (name, shape) in shapes { Self.fuse(name, shape, into: &stored) }
    return stored
  }

  /// One tensor in OpenAI's layout: projections transposed, three matrices in one.
  private static func fuse(_ name: String, _ shape: [Int], into stored: inout [String: [Int]]) {
    if name.hasSuffix("_projection.weight") {
      let own = name.replacing(".weight", with: ".transposed")
      stored[CLIPLayout.openAI.stored(own)] = shape.reversed()
    } else if name.contains("self_attn.q_proj.") {
      let own = name.replacing("q_proj.", with: "in_proj_")
      stored[CLIPLayout.openAI.stored(own)] = [3 * shape[0]] + shape.dropFirst()
    } else if !name.contains("self_attn.k_proj.") && !name.contains("self_attn.v_proj.") {
      stored[CLIPLayout.openAI.stored(name)] = shape
    }
  }
}

extension CLIPTextConfiguration {
  fileprivate var weightShapes: [String: [Int]] {
    var shapes = [
      "embeddings.token_embedding.weight": [vocabularySize, width],
      "embeddings.position_embedding.weight": [positions, width],
      "final_layer_norm.weight": [width], "final_layer_norm.bias": [width],
    ]
    layerShapes(layers, width, innerWidth, into: &shapes)
    return shapes
  }
}

extension CLIPVisionConfiguration {
  fileprivate var weightShapes: [String: [Int]] {
    var shapes = [
      "embeddings.class_embedding": [width],
      "embeddings.patch_embedding.weight": [width, 3, patchSize, patchSize],
      "embeddings.position_embedding.weight": [positions, width],
      "pre_layrnorm.weight": [width], "pre_layrnorm.bias": [width],
      "post_layernorm.weight": [width], "post_layernorm.bias": [width],
    ]
    layerShapes(layers, width, innerWidth, into: &shapes)
    return shapes
  }
}

private func layerShapes(
  _ layers: Int, _ width: Int, _ inner: Int, into shapes: inout [String: [Int]]
) {
  for layer in 0..<layers {
    let name = "encoder.layers.\(layer)"
    for part in ["layer_norm1", "layer_norm2"] {
      shapes["\(name).\(part).weight"] = [width]
      shapes["\(name).\(part).bias"] = [width]
    }
    for part in ["q_proj", "k_proj", "v_proj", "out_proj"] {
      shapes["\(name).self_attn.\(part).weight"] = [width, width]
      shapes["\(name).self_attn.\(part).bias"] = [width]
    }
    shapes["\(name).mlp.fc1.weight"] = [inner, width]
    shapes["\(name).mlp.fc1.bias"] = [inner]
    shapes["\(name).mlp.fc2.weight"] = [width, inner]
    shapes["\(name).mlp.fc2.bias"] = [width]
  }
}
