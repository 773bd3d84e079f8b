import Compute
import Digests
package import Imaging
import Models
import Tensors

/// Edits pictures with one model: decode, crop, encode, denoise, decode, composite, encode.
///
/// An edit computes on the calling thread and `ThreadTeam.current`; an editor may be shared by
/// threads.
package struct Editor: Sendable {
  package let model: EditorModel
  package let limits: ImageLimits
  /// Version and digest of the program, for receipts.
  package let build: String

  package init(model: EditorModel, limits: ImageLimits = ImageLimits(), build: String) {
    self.model = model
    self.limits = limits
    self.build = build
  }

  /// Does one edit.
  /// - Parameter onEvent: told of every stage and step; a throw stops the edit there and is
  ///   passed on.
  /// - Throws: `EditError`, the model's errors, and what `onEvent` throws.
  package func edit(
    _ request: EditRequest, onEvent: @escaping (EditEvent) throws -> Void = { _ in }
  ) throws -> EditResult {
    var clock = StageClock(onEvent: onEvent)
    let settings = try ResolvedSettings(request, model: model)
    let canvas = try clock.time(.decode) { try Canvas(request, limits: limits) }
    let crop = try clock.time(.decode) { try modelCrop(canvas, request, settings) }
    let text = try clock.time(.text) { try encodeText(request, settings) }
    let conditioning = try clock.time(.vaeEncode) { try condition(crop, request) }
    let draft = try CandidateDraft(
      request: request, canvas: canvas, crop: crop,
      receipt: receipt(request, settings, canvas, crop.plan))
    var candidates: [EditCandidate] = []
    for index in 0..<request.count {
      let latent = try denoise(
        index, request, settings, conditioning, context: text.context, clock: &clock)
      let pixels = try clock.time(.vaeDecode) { try decode(latent) }
      candidates.append(try draft.finish(index, pixels: pixels, clock: &clock))
    }
    return EditResult(
      candidates: candidates, maskRule: canvas.rule, maskShare: canvas.share,
      isPromptTruncated: text.isPromptTruncated,
      isNegativePromptTruncated: text.isNegativePromptTruncated,
      warnings: warnings(canvas, text, settings), timings: clock.timings)
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

  private func condition(
    _ crop: ModelCrop, _ request: EditRequest
  ) throws -> InpaintingConditioning {
    try model.pipeline.condition(
      maskedImage: crop.conditioning.tensor(scale: 2, offset: -1),
      image: request.strength < 1 ? crop.picture.tensor(scale: 2, offset: -1) : nil,
      latentMask: crop.latentMask.tensor())
  }

  /// Denoises one candidate, step by step, and tells about each.
  private func denoise(
    _ index: Int, _ request: EditRequest, _ settings: ResolvedSettings,
    _ conditioning: InpaintingConditioning, context: UNet2DConditionModel.PreparedContext,
    clock: inout StageClock
  ) throws -> Tensor {
    let drawing = DenoisingSettings(
      sampler: settings.sampler, steps: settings.steps, guidanceScale: settings.guidanceScale,
      guidanceRescale: request.guidanceRescale, strength: request.strength,
      seed: request.seed(ofCandidate: index))
    let teller = clock
    return try clock.time(.denoise) {
      var denoising = try model.pipeline.denoising(
        conditioning, context: context, settings: drawing)
      while let step = try denoising.next() {
        try teller.tell(.step(step.index + 1, of: step.count, candidate: index))
      }
      return denoising.latent
    }
  }

  private func decode(_ latent: Tensor) throws -> FloatImage {
    let pixels = try model.pipeline.decode(latent)
    let values = pixels.values
    guard values.allSatisfy(\.isFinite) else { throw EditError.notFinite(stage: "decoding") }
    return try FloatImage(
      width: pixels.shape[2], height: pixels.shape[1], channels: 3, pixels: values)
  }

  /// What does not change from candidate to candidate; the seed is filled in by each.
  private func receipt(
    _ request: EditRequest, _ settings: ResolvedSettings, _ canvas: Canvas, _ plan: CropPlan
  ) -> Receipt {
    let region = plan.region
    return Receipt(
      model: model.name, modelHash: model.hash, build: build,
      kernelSet: KernelSet.active.rawValue, blasCore: BLAS.coreName, precision: "fp32",
      task: request.task.rawValue, seed: request.seed, sampler: settings.sampler.rawValue,
      steps: settings.steps, guidanceScale: settings.guidanceScale, strength: request.strength,
      modelWidth: plan.modelWidth, modelHeight: plan.modelHeight,
      region: [region.x, region.y, region.width, region.height],
      maskHash: SHA256.hexadecimal(of: canvas.hole.coverage))
  }
}
