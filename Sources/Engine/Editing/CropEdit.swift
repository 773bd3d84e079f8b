package import Diffusion
package import Imaging
import Models
import Tensors
import Tokenizers

/// One edit of a picture that has the model's size already, for data and training: pixels in,
/// pixels out, no files between.
package struct CropEdit: Sendable {
  /// sRGB in 0...1, `[height, width, 3]`, both sides multiples of the autoencoder's factor.
  package var picture: FloatImage
  /// Of the picture's size; what is not 0 is drawn anew.
  package var hole: Mask
  package var prompt: String
  package var negativePrompt: String
  package var seed: UInt32

  package init(
    picture: FloatImage, hole: Mask, prompt: String, negativePrompt: String = "", seed: UInt32
  ) {
    (self.picture, self.hole, self.seed) = (picture, hole, seed)
    (self.prompt, self.negativePrompt) = (prompt, negativePrompt)
  }
}

extension CropEdit {
  /// The candidate as the editor would hand it out: the drawn hole in the picture's own pixels.
  /// - Parameter repairsSeams: whether the fill's colour is brought to its surroundings first.
  package func pasted(_ decoded: FloatImage, repairsSeams: Bool = true) throws -> FloatImage {
    var fill = decoded
    if repairsSeams {
      fill = try FloatImage.seamRepaired(decoded: decoded, original: picture, hole: hole)
    }
    var finished = picture
    for (index, coverage) in hole.coverage.enumerated() where coverage != 0 {
      for sample in index * 3..<index * 3 + 3 {
        finished.pixels[sample] = min(1, max(0, fill.pixels[sample]))
      }
    }
    return finished
  }
}

/// How edits are drawn; a `nil` means the model's own default.
package struct CropEditSettings: Sendable {
  package var sampler: SamplerKind?
  package var steps: Int?
  package var guidanceScale: Double?

  package init(sampler: SamplerKind? = nil, steps: Int? = nil, guidanceScale: Double? = nil) {
    (self.sampler, self.steps, self.guidanceScale) = (sampler, steps, guidanceScale)
  }
}

extension EditorModel {
  /// Draws a candidate of every edit, all in one batch where the sampler draws no noise of its own.
  ///
  /// The noise is the editor's: an edit with the same seed starts from the same latent, and a batch
  /// gives what single edits give within rounding.
  /// - Parameter onGuess: shown the pictures that each step (counted from 0) would end with at once:
  ///   the one-step estimates of x0, decoded; of those edits alone that are drawn together.
  /// - Returns: what the autoencoder decoded, whole pictures in 0...1; outside the hole they are
  ///   its reconstruction, see `CropEdit.pasted`.
  /// - Throws: `EditError` for pictures of several sizes, or of one that the model cannot have.
  package func draw(
    _ edits: [CropEdit], settings: CropEditSettings = CropEditSettings(),
    onGuess: ((_ step: Int, _ pictures: [FloatImage]) throws -> Void)? = nil
  ) throws -> [FloatImage] {
    guard !edits.isEmpty else { return [] }
    let settings = DenoisingSettings(
      sampler: settings.sampler ?? sampler, steps: settings.steps ?? defaultSteps,
      guidanceScale: settings.guidanceScale ?? defaultGuidanceScale, seed: 0)
    try check(edits.map(\.picture))
    for edit in edits { try check(edit) }
    guard pipeline.networks.seesMask, !settings.sampler.drawsNoise else {
      return try edits.flatMap { try finished([$0], settings, onGuess) }
    }
    return try finished(edits, settings, onGuess)
  }

  /// Pictures as the autoencoder gives them back: the mean of what it encodes, decoded; all of one
  /// size, sRGB in 0...1.
  package func reconstructed(_ pictures: [FloatImage]) throws -> [FloatImage] {
    guard !pictures.isEmpty else { return [] }
    try check(pictures)
    let (mean, _) = try pipeline.autoencoder.encode(Tensor(pictures: pictures))
    let factor = Float(pipeline.autoencoder.configuration.scalingFactor)
    return try decodedPictures(decoding: mean * factor)
  }

  private func finished(
    _ edits: [CropEdit], _ settings: DenoisingSettings,
    _ onGuess: ((_ step: Int, _ pictures: [FloatImage]) throws -> Void)?
  ) throws -> [FloatImage] {
    let context = try context(of: edits, usesGuidance: settings.usesGuidance)
    let conditionings = try edits.map(conditioning)
    var denoising = try pipeline.denoising(
      conditionings, seeds: edits.map(\.seed), context: context, settings: settings)
    while let step = try denoising.next() {
      try onGuess?(step.index, try decodedPictures(decoding: step.predictedOriginal))
    }
    return try decodedPictures(decoding: denoising.latent)
  }

  /// Keys and values of all negative prompts, then of all prompts.
  private func context(
    of edits: [CropEdit], usesGuidance: Bool
  ) throws -> UNet2DConditionModel.PreparedContext {
    func tokens(_ text: String) -> TokenizedPrompt {
      pipeline.tokenizer.encode(text, maxLength: pipeline.window)
    }
    return try pipeline.encode(
      edits.map { tokens($0.prompt) }, negative: edits.map { tokens($0.negativePrompt) },
      usesGuidance: usesGuidance)
  }

  private func conditioning(_ edit: CropEdit) throws -> InpaintingConditioning {
    let factor = pipeline.autoencoder.downsamplingFactor
    let filled =
      switch holeFill {
      case .grey: edit.picture.filled(where: edit.hole, with: 0.5)
      case .pushPull: try edit.picture.pushPulled(into: edit.hole)
      }
    return try pipeline.condition(
      maskedImage: filled.tensor(scale: 2, offset: -1),
      image: pipeline.networks.seesMask ? nil : edit.picture.tensor(scale: 2, offset: -1),
      latentMask: edit.hole.latentByMaximum(factor: factor).tensor())
  }

  /// `[batch, h, w, latent channels]` to as many pictures.
  private func decodedPictures(decoding latents: Tensor) throws -> [FloatImage] {
    let pixels = try pipeline.decode(latents)
    let values = pixels.values
    guard values.allSatisfy(\.isFinite) else { throw EditError.notFinite(stage: "decoding") }
    let (height, width) = (pixels.shape[1], pixels.shape[2])
    let count = height * width * 3
    return try (0..<pixels.shape[0]).map { index in
      try FloatImage(
        width: width, height: height, channels: 3,
        pixels: Array(values[index * count..<(index + 1) * count]))
    }
  }

  // MARK: Checks

  private func check(_ pictures: [FloatImage]) throws(EditError) {
    let factor = pipeline.autoencoder.downsamplingFactor
    for picture in pictures {
      guard picture.channels == 3, picture.width == pictures[0].width,
        picture.height == pictures[0].height
      else {
        throw .invalidRequest(
          field: "image", detail: "a batch needs pictures of one size with three channels")
      }
      guard picture.width % factor == 0, picture.height % factor == 0 else {
        throw .invalidRequest(
          field: "image",
          detail: "\(picture.width)x\(picture.height) does not divide by \(factor)")
      }
    }
  }

  private func check(_ edit: CropEdit) throws(EditError) {
    try imaging("mask") { () throws(ImagingError) in
      try edit.hole.check(width: edit.picture.width, height: edit.picture.height)
    }
    guard edit.hole.count > 0 else {
      throw .invalidRequest(field: "mask", detail: "selects nothing")
    }
  }
}

extension Tensor {
  /// Pictures of one size as `[batch, height, width, 3]` in -1...1.
  fileprivate init(pictures: [FloatImage]) {
    self = Tensor.concatenated(pictures.map { $0.tensor(scale: 2, offset: -1) }, axis: 0)
  }
}
