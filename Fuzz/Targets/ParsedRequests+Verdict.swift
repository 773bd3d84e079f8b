import HTTP
import RequestReading

extension ParsedRequests {
  var verdict: FuzzVerdict {
    if let error { return .refused(error.detail) }
    return isComplete && !items.isEmpty ? .accepted : .refused("no complete request")
  }

  /// The same bytes in pieces of other sizes, where they give something else.
  static func difference(_ bytes: [UInt8], limits: HTTPLimits, whole: ParsedRequests) -> String? {
    for step in [1, 3, 17] where ParsedRequests(bytes, step: step, limits: limits) != whole {
      return "pieces of \(step) bytes are read as another request"
    }
    return nil
  }
}
