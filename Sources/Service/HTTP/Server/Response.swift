package import HTTPTypes

/// The answer to a request.
package struct Response: Sendable {
  package var status: HTTPResponse.Status
  package var fields: HTTPFields
  package var body: ResponseBody
  /// The pattern of the route that answered, for logs and metrics: `/v1/edits/{id}`.
  package var route: String?

  package init(
    status: HTTPResponse.Status, fields: HTTPFields = HTTPFields(), body: ResponseBody = .empty
  ) {
    self.status = status
    self.fields = fields
    self.body = body
  }

  package init(
    status: HTTPResponse.Status = .ok, contentType: String, _ bytes: [UInt8]
  ) {
    self.init(status: status, fields: [.contentType: contentType], body: .bytes(bytes))
  }

  package init(status: HTTPResponse.Status = .ok, text: String) {
    self.init(status: status, contentType: "text/plain; charset=utf-8", Array(text.utf8))
  }
}

package enum ResponseBody: Sendable {
  case empty
  case bytes([UInt8])
  /// Written piece by piece; chunked when the length is not known. A producer that throws or
  /// keeps not to the length breaks the connection off, so that the client notices.
  case stream(length: Int?, @Sendable (ResponseWriter) async throws -> Void)

  package var count: Int? {
    switch self {
    case .empty: 0
    case .bytes(let bytes): bytes.count
    case .stream(let length, _): length
    }
  }
}

/// Takes the pieces of a streamed answer; waits while the client reads slower than they come.
package struct ResponseWriter: Sendable {
  private let sink: @Sendable ([UInt8]) async throws(HTTPError) -> Void

  package init(_ sink: @escaping @Sendable ([UInt8]) async throws(HTTPError) -> Void) {
    self.sink = sink
  }

  /// Throws `HTTPError.disconnected` when the client has gone.
  package func write(_ bytes: [UInt8]) async throws(HTTPError) {
    try await sink(bytes)
  }
}
