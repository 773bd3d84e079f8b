import HTTP
import Jobs

/// A submission as it was sent: fields checked one by one, pictures not yet looked at.
struct EditDraft: Sendable {
  let parameters: EditParameters
  let image: [UInt8]
  let mask: [UInt8]?

  /// What is wrong is gathered, so that a caller need not find one mistake after the other.
  init(
    parameters: Result<EditParameters, InvalidParameters>, image: [UInt8]?, mask: [UInt8]?,
    errors: [Problem.FieldError] = []
  ) throws(APIError) {
    var errors = errors
    if image == nil, !errors.contains(where: { $0.pointer == "/image" }) {
      errors.append(
        .init(pointer: "/image", detail: "is needed: send the picture to edit as PNG or JPEG"))
    }
    switch parameters {
    case .failure(let invalid):
      errors += invalid.violations.map { .init(pointer: $0.pointer, detail: $0.detail) }
      throw .invalidFields(errors)
    case .success(let parameters):
      errors += Self.missing(parameters, mask: mask, errors)
      guard errors.isEmpty, let image else { throw .invalidFields(errors) }
      (self.parameters, self.image, self.mask) = (parameters, image, mask)
    }
  }

  private static func missing(
    _ parameters: EditParameters, mask: [UInt8]?, _ known: [Problem.FieldError]
  ) -> [Problem.FieldError] {
    if known.contains(where: { $0.pointer == "/mask" }) { return [] }
    switch parameters.task {
    case .inpaint, .erase:
      guard mask == nil else { return [] }
      let task = parameters.task.rawValue
      return [
        .init(
          pointer: "/mask",
          detail: "is needed for task \(task): send a PNG or JPEG of the picture's size, white"
            + " (or transparent) where to edit")
      ]
    case .outpaint:
      guard parameters.expand == nil else { return [] }
      return [
        .init(
          pointer: "/expand",
          detail: "is needed for task outpaint: say how many pixels to add at left, top, right,"
            + " bottom")
      ]
    }
  }
}
