/// How the tensors of a CLIP checkpoint are called.
package enum CLIPLayout: String, Sendable, CaseIterable {
  /// transformers' `CLIPModel`; the names that the models ask for.
  case transformers
  /// OpenAI's release and open_clip: `visual.*`, `transformer.resblocks.*`, the matrices of an
  /// attention in one.
  case openAI = "open_clip"

  /// Recognises the layout by tensors that only a CLIP has: BLIP's are called alike.
  package init?(names: some Sequence<String>) {
    var hasVision = false
    var hasText = false
    for name in names {
      if name.hasPrefix("vision_model.pre_layrnorm.") {
        self = .transformers
        return
      }
      hasVision = hasVision || name.hasPrefix("visual.transformer.resblocks.")
      hasText = hasText || name.hasPrefix("transformer.resblocks.")
    }
    guard hasVision, hasText else { return nil }
    self = .openAI
  }

  /// The name that the models ask for, or nothing for a tensor that carries no information.
  package func canonical(_ stored: String) -> String? {
    switch self {
    case .transformers: stored.hasSuffix("embeddings.position_ids") ? nil : stored
    case .openAI: Self.descriptive.contains(stored) ? nil : Self.renamed(stored, \.stored, \.own)
    }
  }

  /// The name in the checkpoint of a tensor that the models ask for.
  package func stored(_ canonical: String) -> String {
    self == .transformers ? canonical : Self.renamed(canonical, \.own, \.stored)
  }

  /// Numbers about the model, and a table that follows from one.
  private static let descriptive: Set<String> = [
    "attn_mask", "context_length", "input_resolution", "vocab_size",
  ]

  private typealias Rename = (stored: String, own: String)

  /// Beginnings of names; `visual.` before what it contains.
  private static let beginnings: [Rename] = [
    ("visual.class_embedding", "vision_model.embeddings.class_embedding"),
    ("visual.positional_embedding", "vision_model.embeddings.position_embedding.weight"),
    ("visual.conv1.", "vision_model.embeddings.patch_embedding."),
    ("visual.ln_pre.", "vision_model.pre_layrnorm."),
    ("visual.ln_post.", "vision_model.post_layernorm."),
    ("visual.transformer.resblocks.", "vision_model.encoder.layers."),
    ("visual.proj", "visual_projection.transposed"),
    ("transformer.resblocks.", "text_model.encoder.layers."),
    ("token_embedding.", "text_model.embeddings.token_embedding."),
    ("positional_embedding", "text_model.embeddings.position_embedding.weight"),
    ("ln_final.", "text_model.final_layer_norm."),
    ("text_projection", "text_projection.transposed"),
  ]

  /// Parts of a layer.
  private static let parts: [Rename] = [
    (".ln_1.", ".layer_norm1."), (".ln_2.", ".layer_norm2."),
    (".attn.", ".self_attn."), (".mlp.c_fc.", ".mlp.fc1."), (".mlp.c_proj.", ".mlp.fc2."),
  ]

  private static func renamed(
    _ name: String, _ from: KeyPath<Rename, String>, _ to: KeyPath<Rename, String>
  ) -> String {
    guard let beginning = beginnings.first(where: { name.hasPrefix($0[keyPath: from]) }) else {
      return name
    }
    let rest = name.dropFirst(beginning[keyPath: from].count)
    let result = beginning[keyPath: to] + rest
    guard beginning.stored.hasSuffix("resblocks.") else { return result }
    guard let part = parts.first(where: { rest.contains($0[keyPath: from]) }) else { return result }
    return result.replacing(part[keyPath: from], with: part[keyPath: to], maxReplacements: 1)
  }
}
