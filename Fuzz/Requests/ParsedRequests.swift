package import HTTP
package import HTTPTypes

/// What the parser of requests makes of some bytes that come in pieces: events with the pieces of
/// each body joined, and the error.
package struct ParsedRequests: Equatable {
  package enum Item: Equatable {
    case head(RequestHead)
    case body([UInt8])
    case end(HTTPFields)
  }

  package private(set) var items: [Item] = []
  package private(set) var error: HTTPError?
  /// Nothing of another request has come.
  package private(set) var isComplete = false

  /// Feeds `bytes` in pieces of `step`.
  package init(_ bytes: [UInt8], step: Int, limits: HTTPLimits = HTTPLimits()) {
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

  package var heads: [RequestHead] {
    items.compactMap { if case .head(let head) = $0 { head } else { nil } }
  }
}
