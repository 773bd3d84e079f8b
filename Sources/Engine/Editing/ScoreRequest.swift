package import Imaging
package import Rewards

/// A picture to be judged as the editor's own candidates are.
package struct ScoreRequest: Sendable {
  /// The bytes of a PNG or JPEG file.
  package var image: [UInt8]
  /// What was edited; without it the whole picture is judged.
  package var mask: [UInt8]?
  /// What the picture should show; without it alignment has nothing to say.
  package var prompt: String?
  package var maskOptions = MaskOptions()
  package var context = Context.automatic
  /// Model pixels: the side of the square that the judged region is scaled to the area of.
  package var resolution: Int?
  package var weights: RewardWeights?
  package var wantsHeatMap = false

  package init(image: [UInt8], mask: [UInt8]? = nil, prompt: String? = nil) {
    self.image = image
    self.mask = mask
    self.prompt = prompt
  }
}

/// What the judges say of a picture.
package struct ScoreResult: Sendable {
  package var scores: RewardScores
  /// The weighted mean of the calibrated scores, 0...1; `nil` where nothing was said that counts.
  package var combined: Double?
  /// The part of the picture that was judged, in its pixels.
  package var region: PixelRect
  /// The rule that the mask was read by, and the share of the picture it covers.
  package var mask: (rule: String, share: Double)?
  package var heatMap: HeatMap?
  package var warnings: [String]
}

extension Editor {
  /// Judges a picture through the crop that the model would see: a candidate, its mask and its
  /// prompt give the scores that the candidate came with.
  ///
  /// - Throws: `EditError` for pictures and settings that cannot be used, and the judges' errors.
  package func score(_ request: ScoreRequest) throws -> ScoreResult {
    let resolution = request.resolution ?? model.resolution
    guard (16...4096).contains(resolution) else {
      throw EditError.invalidRequest(
        field: "resolution", detail: "must be 16 to 4096 model pixels")
    }
    var selection = SelectionSettings()
    selection.weights = request.weights
    try selection.check(
      count: 1, hasPrompt: request.prompt?.isEmpty == false, judges: judges)
    let picture = try imaging("image") { () throws(ImagingError) in
      try ImageDecoder.decode(request.image, limits: limits)
    }
    let reading = try request.mask.map { mask in try read(mask, request, picture) }
    return try judged(request, picture, reading, resolution: resolution)
  }

  private func read(
    _ mask: [UInt8], _ request: ScoreRequest, _ picture: Picture
  ) throws(EditError) -> MaskReading {
    try imaging("mask") { () throws(ImagingError) in
      try MaskReader.read(
        mask, options: request.maskOptions, width: picture.width, height: picture.height,
        limits: limits)
    }
  }

  private func judged(
    _ request: ScoreRequest, _ picture: Picture, _ reading: MaskReading?, resolution: Int
  ) throws -> ScoreResult {
    let plan = CropPlan(
      hole: reading?.box ?? picture.bounds, pictureWidth: picture.width,
      pictureHeight: picture.height, context: reading == nil ? .full : request.context,
      resolution: resolution, multiple: model.pipeline.autoencoder.downsamplingFactor)
    let hole = try reading.map {
      try $0.mask.region(plan.region)
        .resizedCovering(width: plan.modelWidth, height: plan.modelHeight)
    }
    let judging = Judging(
      judges: judges, weights: request.weights ?? .standard, prompt: request.prompt, plan: plan,
      hole: hole)
    let verdict = try judging.verdict(on: picture)
    return ScoreResult(
      scores: verdict.scores, combined: verdict.combined, region: plan.region,
      mask: reading.map { ($0.rule.rawValue, $0.share) },
      heatMap: request.wantsHeatMap
        ? try verdict.map.map { try HeatMap($0, over: plan.region) } : nil,
      warnings: picture.notes.map(\.sentence))
  }
}
