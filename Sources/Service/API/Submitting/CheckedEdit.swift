import HTTP
import Imaging
import Jobs

/// A submission whose pictures were looked at: they decode, fit each other and mean something.
struct CheckedEdit: Sendable {
  let parameters: EditParameters
  let image: [UInt8]
  let imageType: String
  let mask: [UInt8]?
  let maskType: String?
  let webhook: WebhookSubscription?
  /// The same for the same fields and pictures, whatever the seed will be.
  let fingerprint: String

  /// Where pictures are decoded, each on a thread of its own.
  struct Lanes: Sendable {
    let pictures: WorkQueue
    let masks: WorkQueue

    /// - Parameter width: pictures and masks at the same time, of each.
    init(width: Int) {
      pictures = WorkQueue(label: "picture-check", width: width)
      masks = WorkQueue(label: "mask-check", width: width)
    }
  }

  /// Decodes and measures picture and mask, at the same time; what is wrong with the picture is said
  /// first.
  init(_ draft: EditDraft, limits: ImageLimits, on lanes: Lanes) async throws {
    let image = try Self.at("/image") { () throws(ImagingError) in
      try ImageDecoder.probe(draft.image, limits: limits)
    }
    if let expand = draft.parameters.expand {
      try Self.at("/expand") { () throws(ImagingError) in
        _ = try Expansion(expand).canvas(width: image.width, height: image.height, limits: limits)
      }
    }
    async let picture = lanes.pictures.run {
      try Self.at("/image") { () throws(ImagingError) in
        _ = try ImageDecoder.decode(draft.image, limits: limits)
      }
      return try BlobHash(of: draft.image)
    }
    async let mask = Self.checkedMask(draft, image, limits, lanes.masks)
    let (imageHash, checkedMask) = (try await picture, try await mask)
    maskType = checkedMask?.type
    parameters = draft.parameters
    (self.image, imageType, self.mask) = (draft.image, image.format.mediaType, draft.mask)
    webhook = draft.webhook
    fingerprint = try RequestFingerprint.of(
      draft.parameters, image: imageHash, mask: checkedMask?.hash, webhook: draft.webhook)
  }

  private static func checkedMask(
    _ draft: EditDraft, _ image: ImageInfo, _ limits: ImageLimits, _ lane: WorkQueue
  ) async throws -> (type: String, hash: BlobHash)? {
    guard let mask = draft.mask else { return nil }
    return try await lane.run {
      (try maskType(mask, draft.parameters, image, limits), try BlobHash(of: mask))
    }
  }

  private static func maskType(
    _ mask: [UInt8], _ parameters: EditParameters, _ image: ImageInfo, _ limits: ImageLimits
  ) throws(APIError) -> String {
    try at("/mask") { () throws(ImagingError) in
      _ = try MaskReader.read(
        mask, options: MaskOptions(parameters), width: image.width, height: image.height,
        limits: limits)
      return try ImageDecoder.probe(mask, limits: limits).format.mediaType
    }
  }

  private static func at<Value>(
    _ pointer: String, _ check: () throws(ImagingError) -> Value
  ) throws(APIError) -> Value {
    do {
      return try check()
    } catch .invalidParameter(let name, let reason) {
      throw .invalidField("/\(name)", reason)
    } catch {
      throw .invalidField(pointer, "\(error)")
    }
  }
}
