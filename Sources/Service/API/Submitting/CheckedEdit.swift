import Dispatch
import HTTP
import Imaging
import Jobs
import Locks

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

  /// Decodes and measures; it computes, so it is for a queue of its own.
  init(_ draft: EditDraft, limits: ImageLimits) throws {
    let image = try Self.at("/image") { () throws(ImagingError) in
      try ImageDecoder.probe(draft.image, limits: limits)
    }
    if let expand = draft.parameters.expand {
      try Self.at("/expand") { () throws(ImagingError) in
        _ = try Expansion(expand).canvas(width: image.width, height: image.height, limits: limits)
      }
    }
    maskType = try Self.maskType(draft, image, limits)
    parameters = draft.parameters
    (self.image, imageType, mask) = (draft.image, image.format.mediaType, draft.mask)
    webhook = draft.webhook
    fingerprint = try RequestFingerprint.of(
      draft.parameters, image: try BlobHash(of: draft.image),
      mask: try draft.mask.map { try BlobHash(of: $0) }, webhook: draft.webhook)
  }

  /// Decodes picture and mask, at the same time.
  private static func maskType(
    _ draft: EditDraft, _ image: ImageInfo, _ limits: ImageLimits
  ) throws(APIError) -> String? {
    let (faults, type) = (Lock<[Int: APIError]>([:]), Lock<String?>(nil))
    DispatchQueue.concurrentPerform(iterations: draft.mask == nil ? 1 : 2) { index in
      do throws(APIError) {
        if index == 0 {
          try at("/image") { () throws(ImagingError) in
            _ = try ImageDecoder.decode(draft.image, limits: limits)
          }
        } else if let mask = draft.mask {
          let found = try maskType(mask, draft.parameters, image, limits)
          type.withLock { $0 = found }
        }
      } catch {
        faults.withLock { $0[index] = error }
      }
    }
    if let fault = faults.withLock({ $0[0] ?? $0[1] }) { throw fault }
    return type.withLock { $0 }
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
