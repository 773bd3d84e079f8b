extension WeightNaming {
  static func blipReward(_ stored: String) -> String? {
    let unused = ["blip.vision_proj.", "blip.text_proj."]
    guard !unused.contains(where: stored.hasPrefix) else { return nil }
    return stored == "blip.text_encoder.embeddings.position_ids" ? nil : stored
  }

  /// Training's companions of the encoders, which follow them slowly, their queues, and the decoder.
  private static let trainingOnly = [
    "visual_encoder_m.", "text_encoder_m.", "vision_proj_m.", "text_proj_m.", "text_decoder.",
  ]
  private static let trainingValues: Set = [
    "temp", "image_queue", "text_queue", "idx_queue", "queue_ptr", "ptr_queue", "logit_scale",
    "text_encoder.embeddings.position_ids",
  ]

  static func blipRetrieval(_ stored: String) -> String? {
    guard !trainingValues.contains(stored), !trainingOnly.contains(where: stored.hasPrefix) else {
      return nil
    }
    let prefix = "vision_model."
    guard stored.hasPrefix(prefix) else { return stored }
    return "visual_encoder." + visionName(String(stored.dropFirst(prefix.count)))
  }

  /// A name of transformers' `BlipVisionModel` as the original has it.
  private static func visionName(_ name: String) -> String {
    let whole = [
      "embeddings.class_embedding": "cls_token", "embeddings.position_embedding": "pos_embed",
      "embeddings.patch_embedding.weight": "patch_embed.proj.weight",
      "embeddings.patch_embedding.bias": "patch_embed.proj.bias",
      "post_layernorm.weight": "norm.weight", "post_layernorm.bias": "norm.bias",
    ]
    if let name = whole[name] { return name }
    let parts = [
      "encoder": nil, "layers": "blocks", "layer_norm1": "norm1", "layer_norm2": "norm2",
      "self_attn": "attn", "projection": "proj",
    ]
    return name.split(separator: ".").compactMap { part in
      parts[String(part), default: String(part)]
    }.joined(separator: ".")
  }
}
