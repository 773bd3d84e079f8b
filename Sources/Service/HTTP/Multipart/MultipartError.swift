/// What can be wrong with a multipart body; each case says what to do.
package enum MultipartError: Error, Sendable, Equatable {
  case noBoundary
  case truncated
  case malformed(String)
  case tooManyParts(limit: Int)
  case headerTooLarge(limit: Int)
  case fieldTooLarge(name: String, limit: Int)

  package var detail: String {
    switch self {
    case .noBoundary:
      "the Content-Type names no usable boundary: let the HTTP client set the field"
    case .truncated:
      "the form ends before its closing boundary: send the whole body"
    case .malformed(let what): "\(what): send a form as RFC 7578 describes it"
    case .tooManyParts(let limit): "the form has more than \(limit) parts: send fewer"
    case .headerTooLarge(let limit):
      "the header of a part exceeds \(limit) bytes: shorten its file name"
    case .fieldTooLarge(let name, let limit):
      "the field \"\(name)\" exceeds \(limit) bytes: send a shorter value"
    }
  }
}

/// Limits of a form, beside that of the body.
package struct MultipartLimits: Sendable {
  package var parts = 64
  package var header = 8 * 1024
  package var headerCount = 16
  /// Fields without a file name; files are limited by the body.
  package var field = 64 * 1024
  package var preamble = 1024

  package init() {}
}
