import Diffusion
import Imaging
import Models
import Tensors

/// Draws the candidates of one edit; everything before and after it deals in pictures alone.
protocol CandidateDrawing {
  /// The prompts as the model read them.
  var text: TextReading { get }

  /// Candidate `index` of the crop: sRGB in 0...1, `[modelHeight, modelWidth, 3]`.
  func draw(_ index: Int, clock: inout StageClock) throws -> FloatImage
}

/// How much of the prompts was read.
struct TextReading {
  var isPromptTruncated = false
  var isNegativePromptTruncated = false
}

/// The drawing by the model's pipeline: text and crop are encoded once, each candidate is denoised
/// from noise of its own.
struct PipelineDrawing: CandidateDrawing {
  let text: TextReading
  private let pipeline: InpaintingPipeline
  private let request: EditRequest
  private let settings: ResolvedSettings
  private let context: UNet2DConditionModel.PreparedContext
  private let conditioning: InpaintingConditioning
  private let previewer: PreviewDecoder?
  /// Nothing where nobody wants to go on later.
  private let recorder: CheckpointRecorder?

  init(
    pipeline: InpaintingPipeline, previewer: PreviewDecoder?, crop: ModelCrop, request: EditRequest,
    settings: ResolvedSettings, recorder: CheckpointRecorder? = nil, clock: inout StageClock
  ) throws {
    self.pipeline = pipeline
    self.previewer = previewer
    self.recorder = recorder
    self.request = request
    self.settings = settings
    (context, text) = try clock.time(.text) {
      try Self.encodeText(pipeline, request, settings)
    }
    let needsImage = request.strength < 1 || !pipeline.networks.seesMask
    conditioning = try clock.time(.vaeEncode) {
      try pipeline.condition(
        maskedImage: crop.conditioning.tensor(scale: 2, offset: -1),
        image: needsImage ? crop.picture.tensor(scale: 2, offset: -1) : nil,
        latentMask: crop.latentMask.tensor())
    }
  }

  private static func encodeText(
    _ pipeline: InpaintingPipeline, _ request: EditRequest, _ settings: ResolvedSettings
  ) throws -> (UNet2DConditionModel.PreparedContext, TextReading) {
    let window = pipeline.window
    let prompt = pipeline.tokenizer.encode(settings.prompt, maxLength: window)
    let negative = pipeline.tokenizer.encode(request.negativePrompt, maxLength: window)
    let context = try pipeline.encode(
      prompt, negative: negative, usesGuidance: settings.guidanceScale > 1)
    return (
      context,
      TextReading(
        isPromptTruncated: prompt.isTruncated, isNegativePromptTruncated: negative.isTruncated)
    )
  }

  func draw(_ index: Int, clock: inout StageClock) throws -> FloatImage {
    let latent = try denoise(index, clock: &clock)
    return try clock.time(.vaeDecode) { try decode(latent) }
  }

  /// Denoises one candidate, step by step, and tells about each.
  private func denoise(_ index: Int, clock: inout StageClock) throws -> Tensor {
    let drawing = DenoisingSettings(
      sampler: settings.sampler, steps: settings.steps, guidanceScale: settings.guidanceScale,
      guidanceRescale: request.guidanceRescale, strength: request.strength,
      seed: request.seed(ofCandidate: index))
    let teller = clock
    return try clock.time(.denoise) {
      var denoising = try pipeline.denoising(conditioning, context: context, settings: drawing)
      if let recorder { denoising.recall(recorder.answers(about: index)) }
      var next = try firstStep(of: &denoising)
      while let step = next {
        try teller.tell(.step(step.index + 1, of: step.count, candidate: index))
        try previewer?.show(step, candidate: index, to: teller)
        try showMilestone(step, candidate: index, to: teller)
        try recorder?.note(denoising.answers, about: index)
        next = try denoising.next()
      }
      return denoising.latent
    }
  }

  /// Shows the steps that the request wants to see, decoded by the quickest decoder that there is.
  private func showMilestone(
    _ step: Denoising.Step, candidate: Int, to clock: StageClock
  ) throws {
    guard let onMilestone = clock.onMilestone,
      request.showsPreview(afterStep: step.index + 1, of: step.count)
    else { return }
    let latent = step.predictedOriginal
    try onMilestone(
      EditPreview(
        candidate: candidate, step: step.index + 1, of: step.count,
        picture: try previewer.map { try $0(latent) } ?? decode(latent)))
  }

  /// Samplers hold up to eight latents at once; the first step sets their memory apart, so that no
  /// later one asks the system for any.
  private func firstStep(of denoising: inout Denoising) throws -> Denoising.Step? {
    let reserve = (0..<8).map { _ in denoising.latent * 1 }
    defer { withExtendedLifetime(reserve) {} }
    return try denoising.next()
  }

  private func decode(_ latent: Tensor) throws -> FloatImage {
    let pixels = try pipeline.decode(latent)
    let values = pixels.values
    guard values.allSatisfy(\.isFinite) else { throw EditError.notFinite(stage: "decoding") }
    return try FloatImage(
      width: pixels.shape[2], height: pixels.shape[1], channels: 3, pixels: values)
  }
}
