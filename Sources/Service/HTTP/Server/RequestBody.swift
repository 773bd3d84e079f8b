/// Where the bytes of a body come from.
package protocol BodySource: Sendable {
  /// The next bytes (never empty), or nil at the end; `exchange` tells whose body is meant.
  func nextBodyPiece(of exchange: Int) async throws(HTTPError) -> [UInt8]?
}

/// The body of a request, read piece by piece; the connection waits while nobody reads.
package struct RequestBody: Sendable {
  private enum Content: Sendable {
    case bytes([UInt8])
    case stream(any BodySource, exchange: Int)
  }

  private let content: Content
  /// As announced by Content-Length.
  package let length: Int?

  package static let empty = RequestBody(bytes: [])

  package init(bytes: [UInt8]) {
    content = .bytes(bytes)
    length = bytes.count
  }

  package init(source: any BodySource, exchange: Int, length: Int?) {
    content = .stream(source, exchange: exchange)
    self.length = length
  }

  /// Calls `consume` with each piece in order.
  package func forEachPiece(
    _ consume: ([UInt8]) async throws(HTTPError) -> Void
  ) async throws(HTTPError) {
    switch content {
    case .bytes(let bytes): if !bytes.isEmpty { try await consume(bytes) }
    case .stream(let source, let exchange):
      while let piece = try await source.nextBodyPiece(of: exchange) { try await consume(piece) }
    }
  }
}
