package import Imaging

/// Why an edit could not be done; `description` says what to do about it.
package enum EditError: Error, CustomStringConvertible {
  /// A field of the request, by its wire name, with what to do.
  case invalidRequest(field: String, detail: String)
  /// The picture or the mask cannot be used.
  case imaging(field: String, ImagingError)
  /// The model folder cannot be used for editing.
  case model(String)
  /// No candidate was good enough, and the request would rather have none then.
  case belowMinimum(best: Double, minimum: Double, drawn: Int)
  /// The model gave values that are not numbers; a checkpoint of another precision may be at fault.
  case notFinite(stage: String)

  package var description: String {
    switch self {
    case .invalidRequest(let field, let detail): "\(field): \(detail)"
    case .imaging(let field, let error): "\(field): \(error)"
    case .model(let detail): detail
    case .belowMinimum(let best, let minimum, let drawn):
      "min_score: of \(drawn) candidates too few reach \(minimum), the best has "
        + "\(best.rounded(toPlaces: 3)); raise n or retries, lower min_score, or set "
        + "below_min_score to return"
    case .notFinite(let stage):
      "the model gave values that are not numbers in \(stage); check its weights and precision"
    }
  }
}

extension Double {
  /// For people.
  func rounded(toPlaces places: Int) -> Double {
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    return (self * scale).rounded() / scale
  }
}
