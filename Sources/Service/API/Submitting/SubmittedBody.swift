package import HTTP
package import Jobs

/// A body sorted into pictures and fields; what they hold is not looked at yet.
package struct SubmittedBody: Sendable {
  package enum Fields: Sendable {
    case form([String: String])
    case json([String: JSONValue])
  }

  /// The names under which pictures are sent.
  static let pictureNames = ["image", "mask"]

  package let fields: Fields
  package let pictures: [String: [UInt8]]
  /// What was wrong with its parts.
  package let errors: [Problem.FieldError]
  /// Who shall hear of the job, where the form says it in words of its own.
  var webhook: WebhookSubscription?

  package var image: [UInt8]? { pictures["image"] }
  package var mask: [UInt8]? { pictures["mask"] }
}

extension [Problem.FieldError] {
  init(_ invalid: InvalidParameters) {
    self = invalid.violations.map { Element(pointer: $0.pointer, detail: $0.detail) }
  }

  func contains(pointer: String) -> Bool { contains { $0.pointer == pointer } }
}
