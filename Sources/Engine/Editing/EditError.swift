package import Imaging

/// Why an edit could not be done; `description` says what to do about it.
package enum EditError: Error, CustomStringConvertible {
  /// A field of the request, by its wire name, with what to do.
  case invalidRequest(field: String, detail: String)
  /// The picture or the mask cannot be used.
  case imaging(field: String, ImagingError)
  /// The model folder cannot be used for editing.
  case model(String)
  /// The model gave values that are not numbers; a checkpoint of another precision may be at fault.
  case notFinite(stage: String)

  package var description: String {
    switch self {
    case .invalidRequest(let field, let detail): "\(field): \(detail)"
    case .imaging(let field, let error): "\(field): \(error)"
    case .model(let detail): detail
    case .notFinite(let stage):
      "the model gave values that are not numbers in \(stage); check its weights and precision"
    }
  }
}
