import HTTP
import HTTPTypes

/// What the parser of requests makes of some bytes that come in pieces: events with the pieces of
/// each body joined, and the error.
struct ParsedRequests: Equatable {
  enum Item: Equatable {
    case head(RequestHead)
    case body([UInt8])
    case end(HTTPFields)
  }

  private(set) var items: [Item] = []
  private(set) var error: HTTPError?
  /// Nothing of another request has come.
  private(set) var isComplete = false

  /// Feeds `bytes` in pieces of `step`.
  init(_ bytes: [UInt8], step: Int, limits: HTTPLimits) {
    var parser = RequestParser(limits: limits)
    do {
      for start in stride(from: 0, to: bytes.count, by: step) {
        bytes[start..<min(start + step, bytes.count)].withUnsafeBytes { parser.append($0) }
        while let event = try parser.next() { add(event) }
      }
      isComplete = parser.isBetweenRequests
    } catch {
      self.error = error
    }
  }

  private mutating func add(_ event: RequestParser.Event) {
    switch event {
    case .head(let head): items.append(.head(head))
    case .end(let trailers): items.append(.end(trailers))
    case .body(let piece):
      if case .body(let before) = items.last {
        items[items.count - 1] = .body(before + piece)
      } else {
        items.append(.body(piece))
      }
    }
  }

  var heads: [RequestHead] {
    items.compactMap { if case .head(let head) = $0 { head } else { nil } }
  }

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
