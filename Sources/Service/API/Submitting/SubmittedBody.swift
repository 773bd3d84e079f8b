import HTTP
import Jobs

/// A body sorted into pictures and fields; what they hold is not looked at yet.
struct SubmittedBody: Sendable {
  enum Fields: Sendable {
    case form([String: String])
    case json([String: JSONValue])
  }

  /// The names under which pictures are sent.
  static let pictureNames = ["image", "mask"]

  let fields: Fields
  let pictures: [String: [UInt8]]
  /// What was wrong with its parts.
  let errors: [Problem.FieldError]

  var image: [UInt8]? { pictures["image"] }
  var mask: [UInt8]? { pictures["mask"] }
}

extension [Problem.FieldError] {
  init(_ invalid: InvalidParameters) {
    self = invalid.violations.map { Element(pointer: $0.pointer, detail: $0.detail) }
  }

  func contains(pointer: String) -> Bool { contains { $0.pointer == pointer } }
}
