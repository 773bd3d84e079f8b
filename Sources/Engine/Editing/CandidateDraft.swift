import Compute
import Foundation
import Imaging

/// Turns what the model decoded into finished pictures: seam repair, composite, encode.
struct CandidateDraft {
  private let request: EditRequest
  private let canvas: Canvas
  private let crop: ModelCrop
  /// That of the first candidate; the others differ in their seed.
  private let receipt: WrittenReceipt
  /// Blending weights of the whole picture, the same for every candidate.
  private let weights: Mask

  init(
    request: EditRequest, canvas: Canvas, crop: ModelCrop, receipt: WrittenReceipt
  ) throws(ImagingError) {
    self.request = request
    self.canvas = canvas
    self.crop = crop
    self.receipt = receipt
    weights =
      request.composites
      ? canvas.hole.feathered(by: request.feather)
      : try canvas.hole.filled(with: crop.plan.region)
  }

  /// A candidate in its picture, not yet a file.
  struct Composed {
    let picture: Picture
    let seam: SeamReport
  }

  /// - Parameter pixels: sRGB in 0...1, `[modelHeight, modelWidth, 3]`.
  func compose(_ pixels: FloatImage, clock: inout StageClock) throws -> Composed {
    try clock.time(.composite) {
      let (picture, seam) = try compose(pixels)
      return Composed(picture: picture, seam: seam)
    }
  }

  /// Encodes, and decodes again for what that says about the pixels outside the hole.
  /// - Parameters:
  ///   - verdict: what the judges say of it, if there are any.
  ///   - isCertain: whether it will be part of the result whatever comes; then its files are told
  ///     as soon as they are whole.
  func finish(
    _ index: Int, _ composed: Composed, verdict: Verdict?, isCertain: Bool,
    clock: inout StageClock
  ) throws -> EditCandidate {
    let receipt = try receipt.with(seed: request.seed(ofCandidate: index))
    let mediaType = request.output.format.mediaType
    let teller = clock
    func tell(_ bytes: [UInt8], _ mediaType: String) throws {
      if isCertain { try teller.tell(.file(bytes: bytes, mediaType: mediaType)) }
    }
    return try clock.time(.encode) {
      let heatMap = try verdict?.map.map { try HeatMap($0, over: crop.plan.region) }
      if let heatMap { try tell(heatMap.bytes, ImageFormat.png.mediaType) }
      let bytes = try encode(composed.picture, receipt)
      try tell(bytes, mediaType)
      let preserved = try PreservedDifference(
        original: canvas.picture, encoded: bytes, mask: canvas.hole)
      return EditCandidate(
        index: index, seed: receipt.content.seed, bytes: bytes, mediaType: mediaType,
        width: canvas.picture.width, height: canvas.picture.height, preserved: preserved,
        seam: composed.seam, receipt: receipt.content, scores: verdict?.scores,
        combined: verdict?.combined, heatMap: heatMap)
    }
  }

  /// An unfinished candidate as a file, everything outside the hole as in a finished one.
  func preview(_ preview: EditPreview) throws -> PreviewPicture {
    let pixels = try preview.picture.resized(
      width: crop.picture.width, height: crop.picture.height, filter: .bilinear,
      parallel: onTeam)
    let output = request.output
    let bytes = try file(
      try compose(pixels).picture,
      ImageMetadata(declaresSyntheticPart: output.carriesProvenance))
    return PreviewPicture(
      candidate: preview.candidate, step: preview.step, of: preview.of, bytes: bytes,
      mediaType: output.format.mediaType, width: canvas.picture.width,
      height: canvas.picture.height)
  }

  private func compose(
    _ pixels: FloatImage
  ) throws(ImagingError) -> (picture: Picture, seam: SeamReport) {
    let pasted = pixels.pasted(into: crop.picture, hole: crop.hole)
    let fill =
      request.repairsSeams
      ? try FloatImage.seamRepaired(decoded: pixels, original: crop.picture, hole: crop.hole)
      : request.composites ? pasted : pixels
    var picture = canvas.picture
    try picture.blend(fill, weights: weights, into: crop.plan.region, parallel: onTeam)
    let seam = SeamReport(
      before: 255 * (try pasted.seam(of: crop.hole).shift),
      after: 255 * (try fill.seam(of: crop.hole).shift))
    return (picture, seam)
  }

  /// The file, with its receipt where the request wants that.
  private func encode(_ picture: Picture, _ receipt: WrittenReceipt) throws -> [UInt8] {
    let output = request.output
    let texts =
      output.carriesProvenance
      ? [ImageMetadata.Text(key: "byteedit:receipt", value: receipt.text)] : []
    return try file(
      picture, ImageMetadata(texts: texts, declaresSyntheticPart: output.carriesProvenance))
  }

  private func file(_ picture: Picture, _ metadata: ImageMetadata) throws -> [UInt8] {
    switch request.output.format {
    case .png: try ImageEncoder.png(picture, metadata: metadata, parallel: onTeam)
    case .jpeg:
      try ImageEncoder.jpeg(picture, quality: request.output.quality, metadata: metadata)
    }
  }
}

/// A receipt and its text, written once for all that want it.
struct WrittenReceipt {
  let content: Receipt
  let text: String

  init(_ content: Receipt) throws {
    self.content = content
    text = try content.text
  }

  /// The same but for the seed.
  func with(seed: UInt32) throws -> WrittenReceipt {
    if seed == content.seed { return self }
    var content = content
    content.seed = seed
    return try WrittenReceipt(content)
  }
}

extension Receipt {
  /// As JSON with sorted keys: the same receipt is the same text.
  package var text: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }
}

extension FloatImage {
  /// The original with these pixels where the mask says edit.
  fileprivate func pasted(into original: FloatImage, hole: Mask) -> FloatImage {
    var pasted = original
    for index in hole.coverage.indices where hole.coverage[index] != 0 {
      for sample in index * channels..<(index + 1) * channels {
        pasted.pixels[sample] = pixels[sample]
      }
    }
    return pasted
  }

  /// This picture with its hole continued smoothly from its surroundings.
  func pushPulled(into hole: Mask) throws(ImagingError) -> FloatImage {
    let known = try FloatImage(
      width: width, height: height, channels: 1, pixels: hole.coverage.map { $0 == 0 ? 1 : 0 })
    return try pushPull(weights: known)
  }
}

extension Mask {
  /// This mask with a rectangle added to it.
  fileprivate func filled(with rect: PixelRect) throws(ImagingError) -> Mask {
    var coverage = coverage
    for y in rect.y..<rect.maxY {
      coverage.replaceSubrange(
        y * width + rect.x..<y * width + rect.maxX, with: repeatElement(255, count: rect.width))
    }
    return try Mask(width: width, height: height, coverage: coverage)
  }
}
