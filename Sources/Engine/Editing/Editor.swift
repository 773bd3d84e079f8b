import Compute
import Digests
package import Imaging
package import Rewards

/// Edits pictures with one model: decode, crop, encode, denoise, decode, composite, score, encode.
///
/// An edit computes on the calling thread and `ThreadTeam.current`; an editor may be shared by
/// threads.
package struct Editor: Sendable {
  package let model: EditorModel
  /// What scores every candidate.
  package let judges: Judges
  package let limits: ImageLimits
  /// Version and digest of the program, for receipts.
  package let build: String
  private let makeDrawing: DrawingMaker

  /// Makes what draws the candidates of one edit.
  typealias DrawingMaker =
    @Sendable (
      EditorModel, ModelCrop, EditRequest, ResolvedSettings, CheckpointRecorder?, inout StageClock
    ) throws -> any CandidateDrawing

  package init(
    model: EditorModel, judges: Judges = .off, limits: ImageLimits = ImageLimits(), build: String
  ) {
    self.init(model: model, judges: judges, limits: limits, build: build) {
      model, crop, request, settings, recorder, clock in
      try PipelineDrawing(
        pipeline: try model.pipeline(with: settings.adapters), previewer: model.previewer,
        crop: crop, request: request, settings: settings, recorder: recorder, clock: &clock)
    }
  }

  /// An editor that draws by something else than the model's pipeline.
  init(
    model: EditorModel, judges: Judges = .off, limits: ImageLimits = ImageLimits(), build: String,
    makeDrawing: @escaping DrawingMaker
  ) {
    self.model = model
    self.judges = judges
    self.limits = limits
    self.build = build
    self.makeDrawing = makeDrawing
  }

  /// Does one edit.
  /// - Parameters:
  ///   - onEvent: told of every stage and step; a throw stops the edit there and is passed on.
  ///   - onPreview: shown what every step leads to, where the model has a preview decoder; the same
  ///     holds for its throws.
  ///   - resumption: what an earlier attempt left, and who keeps what this one leaves.
  /// - Throws: `EditError`, the model's errors, and what the two throw.
  package func edit(
    _ request: EditRequest, onEvent: @escaping (EditEvent) throws -> Void = { _ in },
    onPreview: ((EditPreview) throws -> Void)? = nil, resumption: EditResumption? = nil
  ) throws -> EditResult {
    var clock = StageClock(onEvent: onEvent, onPreview: onPreview)
    let settings = try ResolvedSettings(request, model: model)
    try request.selection.check(
      count: request.count, hasPrompt: !request.prompt.isEmpty, judges: judges)
    let (canvas, crop, receipt, draft) = try clock.time(.decode) {
      let canvas = try Canvas(request, limits: limits)
      let crop = try modelCrop(canvas, request, settings)
      let receipt = try WrittenReceipt(self.receipt(request, settings, canvas, crop.plan))
      let draft = try CandidateDraft(
        request: request, canvas: canvas, crop: crop, receipt: receipt)
      return (canvas, crop, receipt, draft)
    }
    if canvas.secondsBefore > 0 { try clock.add(.decode, canvas.secondsBefore) }
    let recorder = resumption.map {
      CheckpointRecorder($0) {
        CheckpointRecorder.fingerprint(of: request, receipt: receipt.text)
      }
    }
    if let recorder, recorder.recalledCount > 0 {
      try clock.announce(.resumed(answers: recorder.recalledCount))
    }
    let drawing = try makeDrawing(model, crop, request, settings, recorder, &clock)
    if request.previews > 0 {
      clock.onMilestone = { [teller = clock] preview in
        try teller.tell(.preview(try draft.preview(preview)))
      }
    }
    let search = CandidateSearch(
      request: request, drawing: drawing, draft: draft, judging: judging(request, crop))
    let found = try search.run(clock: &clock)
    let warnings = warnings(canvas, drawing.text, settings) + found.warnings
    try clock.close()
    return EditResult(
      candidates: found.candidates, maskRule: canvas.rule, maskShare: canvas.share,
      isPromptTruncated: drawing.text.isPromptTruncated,
      isNegativePromptTruncated: drawing.text.isNegativePromptTruncated,
      warnings: warnings, timings: clock.timings)
  }

  private func judging(_ request: EditRequest, _ crop: ModelCrop) -> Judging? {
    guard !judges.isEmpty else { return nil }
    return Judging(
      judges: judges, weights: request.selection.weights ?? .standard,
      prompt: request.prompt.isEmpty ? nil : request.prompt, plan: crop.plan, hole: crop.hole)
  }

  private func modelCrop(
    _ canvas: Canvas, _ request: EditRequest, _ settings: ResolvedSettings
  ) throws -> ModelCrop {
    let factor = model.pipeline.autoencoder.downsamplingFactor
    let plan = CropPlan(
      hole: canvas.box, pictureWidth: canvas.picture.width, pictureHeight: canvas.picture.height,
      context: request.context, resolution: settings.resolution, multiple: factor)
    return try imaging("image") { () throws(ImagingError) in
      try ModelCrop(
        canvas, plan: plan, holeFill: settings.holeFill, reduction: request.maskReduction,
        factor: factor)
    }
  }

  /// What does not change from candidate to candidate; the seed is filled in by each.
  private func receipt(
    _ request: EditRequest, _ settings: ResolvedSettings, _ canvas: Canvas, _ plan: CropPlan
  ) -> Receipt {
    let region = plan.region
    return Receipt(
      model: model.name, modelHash: model.hash, build: build,
      kernelSet: KernelSet.active.rawValue, blasCore: BLAS.coreName, precision: "fp32",
      weights: model.storage.rawValue, adapters: model.receipt(of: settings.adapters),
      task: request.task.rawValue, seed: request.seed, sampler: settings.sampler.rawValue,
      steps: settings.steps, guidanceScale: settings.guidanceScale,
      guidanceRescale: request.guidanceRescale, strength: request.strength,
      modelWidth: plan.modelWidth, modelHeight: plan.modelHeight,
      region: [region.x, region.y, region.width, region.height],
      maskHash: SHA256.hexadecimal(of: canvas.hole.coverage), maskFeather: request.feather,
      maskResize: request.maskReduction.rawValue, holeFill: settings.holeFill.rawValue,
      seamRepair: request.repairsSeams, composite: request.composites,
      judges: judges.receipt)
  }
}

extension Judges {
  /// Nothing where every judge is off.
  fileprivate var receipt: [Receipt.Judge]? {
    guard !isEmpty else { return nil }
    return all.map {
      Receipt.Judge(judge: $0.kind.rawValue, model: $0.identity.name, hash: $0.identity.hash)
    }
  }
}
