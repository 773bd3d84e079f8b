import HTTP
import Imaging
import Jobs

/// A submission whose pictures were looked at: they decode, fit each other and mean something.
struct CheckedEdit: Sendable {
  let parameters: EditParameters
  let image: BlobDraft
  let mask: BlobDraft?
  let webhook: WebhookSubscription?

  /// The same for the same fields and pictures, whatever the seed will be.
  var fingerprint: String {
    get throws {
      try RequestFingerprint.of(parameters, image: image.hash, mask: mask?.hash, webhook: webhook)
    }
  }

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
  /// - Parameters:
  ///   - store: drafts the files meanwhile.
  ///   - pictures: where what was decoded is kept for the edit.
  init(
    _ draft: EditDraft, limits: ImageLimits, for store: any JobStore,
    keepingIn pictures: DecodedPictures, on lanes: Lanes
  ) async throws {
    let image = try Self.at("/image") { try ImageDecoder.probe(draft.image, limits: limits) }
    if let expand = draft.parameters.expand {
      try Self.at("/expand") {
        _ = try Expansion(expand).canvas(width: image.width, height: image.height, limits: limits)
      }
    }
    async let files = Self.drafts(of: draft, image, limits, store)
    async let isPicture: Void = lanes.pictures.run {
      let hash = try BlobHash(of: draft.image)
      try Self.at("/image") {
        _ = try pictures.picture(hash.text, for: .check, limits: limits) { draft.image }
      }
    }
    async let isMask: Void = Self.checkMask(draft, image, limits, pictures, lanes.masks)
    _ = (try await isPicture, try await isMask)
    let drafts = try await files
    (self.image, mask) = (drafts[0], drafts.count > 1 ? drafts[1] : nil)
    parameters = draft.parameters
    webhook = draft.webhook
  }

  /// Of the picture, and of the mask where there is one.
  private static func drafts(
    of draft: EditDraft, _ image: ImageInfo, _ limits: ImageLimits, _ store: any JobStore
  ) async throws -> [BlobDraft] {
    let mask = try draft.mask.map { bytes in
      let info = try at("/mask") { try ImageDecoder.probe(bytes, limits: limits) }
      return BlobContent(bytes, mediaType: info.format.mediaType)
    }
    let picture = BlobContent(draft.image, mediaType: image.format.mediaType)
    return try await store.draft([picture] + (mask.map { [$0] } ?? []))
  }

  private static func checkMask(
    _ draft: EditDraft, _ image: ImageInfo, _ limits: ImageLimits, _ pictures: DecodedPictures,
    _ lane: WorkQueue
  ) async throws {
    guard let mask = draft.mask else { return }
    try await lane.run {
      let hash = try BlobHash(of: mask)
      try at("/mask") {
        _ = try pictures.mask(
          hash.text, for: .check, options: MaskOptions(draft.parameters), width: image.width,
          height: image.height, limits: limits
        ) { mask }
      }
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
