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
  ///
  /// - Parameter pictures: where what was decoded is kept for the edit.
  init(
    _ draft: EditDraft, limits: ImageLimits, keepingIn pictures: DecodedPictures, on lanes: Lanes
  ) async throws {
    let image = try Self.at("/image") { try ImageDecoder.probe(draft.image, limits: limits) }
    if let expand = draft.parameters.expand {
      try Self.at("/expand") {
        _ = try Expansion(expand).canvas(width: image.width, height: image.height, limits: limits)
      }
    }
    async let picture = lanes.pictures.run {
      let hash = try BlobHash(of: draft.image)
      try Self.at("/image") {
        _ = try pictures.picture(hash.text, for: .check, limits: limits) { draft.image }
      }
      return hash
    }
    async let mask = Self.checkedMask(draft, image, limits, pictures, lanes.masks)
    let (imageHash, checkedMask) = (try await picture, try await mask)
    maskType = checkedMask?.type
    parameters = draft.parameters
    (self.image, imageType, self.mask) = (draft.image, image.format.mediaType, draft.mask)
    webhook = draft.webhook
    fingerprint = try RequestFingerprint.of(
      draft.parameters, image: imageHash, mask: checkedMask?.hash, webhook: draft.webhook)
  }

  private static func checkedMask(
    _ draft: EditDraft, _ image: ImageInfo, _ limits: ImageLimits, _ pictures: DecodedPictures,
    _ lane: WorkQueue
  ) async throws -> (type: String, hash: BlobHash)? {
    guard let mask = draft.mask else { return nil }
    return try await lane.run {
      let hash = try BlobHash(of: mask)
      let type = try at("/mask") {
        _ = try pictures.mask(
          hash.text, for: .check, options: MaskOptions(draft.parameters), width: image.width,
          height: image.height, limits: limits
        ) { mask }
        return try ImageDecoder.probe(mask, limits: limits).format.mediaType
      }
      return (type, hash)
    }
  }

  private static func at<Value>(_ pointer: String, _ check: () throws -> Value) throws -> Value {
    do {
      return try check()
    } catch let ImagingError.invalidParameter(name, reason) {
      throw APIError.invalidField("/\(name)", reason)
    } catch let error as ImagingError {
      throw APIError.invalidField(pointer, "\(error)")
    }
  }
}
