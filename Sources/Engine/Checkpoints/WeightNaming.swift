/// How the names in a weight file become the names that a model asks for: older exporters called
/// the same tensors otherwise.
package enum WeightNaming: Sendable {
  /// Names as they are.
  case asStored
  /// `AutoencoderKL`: attention exported before diffusers 0.17 is called
  /// `query`, `key`, `value` and `proj_attn`.
  case autoencoder
  /// `CLIPTextModel`: `text_model.` stands before every name up to transformers 4 and nowhere
  /// since; `position_ids` is a list of indices that carries no information.
  case textEncoder
  /// `BLIPRewardModel`: ImageReward's checkpoint also has BLIP's projections, which it does not use.
  case blipReward
  /// `BLIPRetrievalModel`: transformers' names become those of the original; what only training
  /// needs is left out.
  case blipRetrieval

  /// The name that a model asks for, or nothing for a tensor that may be left out.
  package func canonical(_ stored: String) -> String? {
    switch self {
    case .asStored: stored
    case .autoencoder: Self.withoutLegacyAttention(stored)
    case .textEncoder: Self.withoutTextPrefix(stored)
    case .blipReward: Self.blipReward(stored)
    case .blipRetrieval: Self.blipRetrieval(stored)
    }
  }

  private static let legacyAttention = [
    "query": "to_q", "key": "to_k", "value": "to_v", "proj_attn": "to_out.0",
  ]

  private static func withoutLegacyAttention(_ stored: String) -> String {
    var parts = stored.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count >= 2, parts.contains("attentions"),
      let name = legacyAttention[parts[parts.count - 2]]
    else { return stored }
    parts[parts.count - 2] = name
    return parts.joined(separator: ".")
  }

  private static func withoutTextPrefix(_ stored: String) -> String? {
    let prefix = "text_model."
    let name = stored.hasPrefix(prefix) ? String(stored.dropFirst(prefix.count)) : stored
    return name == "embeddings.position_ids" ? nil : name
  }
}
