import Diffusion

/// The request's choices joined with the model's own.
struct ResolvedSettings {
  let prompt: String
  let steps: Int
  let guidanceScale: Double
  let sampler: SamplerKind
  let resolution: Int
  let holeFill: HoleFill
  let adapters: [ChosenAdapter]

  /// - Throws: `EditError.invalidRequest` for what no model, or not this one, could do.
  init(_ request: EditRequest, model: EditorModel) throws(EditError) {
    let isBackground = request.task != .inpaint && request.prompt.isEmpty
    prompt = isBackground ? model.settings.backgroundPrompt ?? "" : request.prompt
    steps = request.steps ?? model.defaultSteps
    guidanceScale = request.guidanceScale ?? model.defaultGuidanceScale
    sampler = request.sampler ?? model.sampler
    resolution = request.resolution ?? model.resolution
    holeFill = request.holeFill ?? model.holeFill
    adapters = try model.adapters.chosen(request.adapters)
    try checkModel()
    try request.check()
    guard request.strength * Double(steps) >= 1 else {
      throw .invalidRequest(
        field: "strength",
        detail: "leaves no step of \(steps) to do; raise strength or steps")
    }
    try checkSampler(strength: request.strength, schedule: model.pipeline.schedule)
  }

  /// Not every sampler can follow every model's schedule, nor every number of steps.
  private func checkSampler(strength: Double, schedule: NoiseSchedule) throws(EditError) {
    do throws(DiffusionError) {
      _ = try schedule.sampler(sampler, steps: steps, strength: strength)
    } catch {
      throw .invalidRequest(field: error.field, detail: error.description)
    }
  }

  private func checkModel() throws(EditError) {
    guard steps > 0 else {
      throw .invalidRequest(field: "steps", detail: "must be at least 1")
    }
    guard (16...4096).contains(resolution) else {
      throw .invalidRequest(field: "resolution", detail: "must be 16 to 4096 model pixels")
    }
    guard guidanceScale >= 0, guidanceScale.isFinite else {
      throw .invalidRequest(field: "guidance_scale", detail: "must be a number of 0 or more")
    }
  }
}

extension EditRequest {
  /// Refuses what no model could do.
  fileprivate func check() throws(EditError) {
    func refuse(_ field: String, _ detail: String) -> EditError {
      .invalidRequest(field: field, detail: detail)
    }
    guard (1...10).contains(count) else { throw refuse("n", "must be 1 to 10") }
    guard strength > 0, strength <= 1 else {
      throw refuse("strength", "must be above 0 and at most 1")
    }
    guard (0...1).contains(guidanceRescale) else {
      throw refuse("guidance_rescale", "must be 0 to 1")
    }
    if case .fraction(let fraction) = context, !(0...16).contains(fraction) {
      throw refuse("context", "must be auto, full or 0 to 16")
    }
    guard feather >= 0 else { throw refuse("mask_feather", "must be 0 or more pixels") }
    guard (1...100).contains(output.quality) else { throw refuse("quality", "must be 1 to 100") }
  }
}

extension EditRequest {
  /// The seed of candidate k: `seed` + k, beginning again at 0 after 2^32 - 1.
  func seed(ofCandidate index: Int) -> UInt32 {
    seed &+ UInt32(truncatingIfNeeded: index)
  }
}

extension DiffusionError {
  /// The field of the request that asked for what is not possible.
  fileprivate var field: String {
    switch self {
    case .steps: "steps"
    case .strength: "strength"
    case .malformed, .unknownKey, .unsupported, .notPossible: "sampler"
    }
  }
}
