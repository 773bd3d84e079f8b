package import Checkpoints

/// What a checkpoint of a judge is, by its tensors' names and shapes: such files rarely say.
package enum RewardArchitecture: String, Sendable, Equatable, CaseIterable {
  /// ImageReward v1.0, by its sizes.
  case imageReward
  /// The same network in other sizes, such as those that are trained here.
  case blipReward
  /// BLIP's retrieval model under its original names.
  case blipRetrieval
  /// BLIP's retrieval model as transformers stores it.
  case blipRetrievalTransformers
  /// This project's judge of pixels.
  case coherence

  /// The architecture, or nil where none is known.
  ///
  /// - Parameter shapes: of every tensor, by the names in the file.
  package static func recognise(_ shapes: [String: [Int]]) -> RewardArchitecture? {
    func has(_ names: String...) -> Bool { names.allSatisfy { shapes[$0] != nil } }
    if has("blip.visual_encoder.pos_embed", "mlp.layers.0.weight") {
      return isImageReward(shapes) ? .imageReward : .blipReward
    }
    if has("itm_head.weight", "vision_proj.weight", "text_proj.weight") {
      if has("visual_encoder.pos_embed") { return .blipRetrieval }
      if has("vision_model.embeddings.position_embedding") { return .blipRetrievalTransformers }
    }
    if has("encoder.pos_embed", "stem.norm1.weight", "pixel_head.fc2.weight") { return .coherence }
    return nil
  }

  private static func isImageReward(_ shapes: [String: [Int]]) -> Bool {
    guard let found = try? BLIPRewardConfiguration(shapes: shapes, path: "") else { return false }
    return found == .imageReward
  }

  /// How the names in the file become the model's.
  package var naming: WeightNaming {
    switch self {
    case .imageReward, .blipReward: .blipReward
    case .blipRetrieval, .blipRetrievalTransformers: .blipRetrieval
    case .coherence: .asStored
    }
  }
}
