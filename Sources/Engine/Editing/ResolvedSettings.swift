import Diffusion

/// The request's choices joined with the model's own.
struct ResolvedSettings {
  let prompt: String
  let steps: Int
  let guidanceScale: Double
  let sampler: SamplerKind
  let resolution: Int
  let holeFill: HoleFill

  /// - Throws: `EditError.invalidRequest` for what no model could do.
  init(_ request: EditRequest, model: EditorModel) throws(EditError) {
    let isBackground = request.task != .inpaint && request.prompt.isEmpty
    prompt = isBackground ? model.settings.backgroundPrompt ?? "" : request.prompt
    steps = request.steps ?? model.defaultSteps
    guidanceScale = request.guidanceScale ?? model.defaultGuidanceScale
    sampler = request.sampler ?? model.sampler
    resolution = request.resolution ?? model.resolution
    holeFill = request.holeFill ?? model.holeFill
    try Self.check(request, steps: steps, resolution: resolution)
  }

  private static func check(
    _ request: EditRequest, steps: Int, resolution: Int
  ) throws(EditError) {
    func refuse(_ field: String, _ detail: String) -> EditError {
      .invalidRequest(field: field, detail: detail)
    }
    guard steps > 0 else { throw refuse("steps", "must be at least 1") }
    guard (16...4096).contains(resolution) else {
      throw refuse("resolution", "must be 16 to 4096 model pixels")
    }
    guard request.count > 0 else { throw refuse("n", "must be at least 1") }
    guard request.strength > 0, request.strength <= 1 else {
      throw refuse("strength", "must be above 0 and at most 1")
    }
    guard request.strength * Double(steps) >= 1 else {
      throw refuse("strength", "leaves no step of \(steps) to do; raise strength or steps")
    }
    guard request.feather >= 0 else { throw refuse("mask_feather", "must be 0 or more pixels") }
  }
}

extension EditRequest {
  /// The seed of candidate k: `seed` + k, beginning again at 0 after 2^32 - 1.
  func seed(ofCandidate index: Int) -> UInt32 {
    seed &+ UInt32(truncatingIfNeeded: index)
  }
}
