package import HTTPTypes

/// What a request can do wrong below the routes; each case has a status and says what to do.
package enum HTTPError: Error, Sendable, Equatable {
  case malformed(String)
  /// Clear text where TLS is spoken.
  case needsTLS
  case uriTooLong(limit: Int)
  case headerTooLarge(String)
  case unsupportedVersion
  case unknownTransferCoding
  case unknownExpectation
  case bodyTooLarge(limit: Int)
  case timedOut(String)
  /// The client went away in the middle of its request.
  case disconnected
  /// A temporary file could not be written.
  case spoolFailed(String)

  package var status: HTTPResponse.Status {
    switch self {
    case .malformed, .needsTLS, .disconnected: .badRequest
    case .uriTooLong: .uriTooLong
    case .headerTooLarge: .requestHeaderFieldsTooLarge
    case .unsupportedVersion: .httpVersionNotSupported
    case .unknownTransferCoding: .notImplemented
    case .unknownExpectation: .expectationFailed
    case .bodyTooLarge: .contentTooLarge
    case .timedOut: .requestTimeout
    case .spoolFailed: .init(code: 507, reasonPhrase: "Insufficient Storage")
    }
  }

  package var detail: String {
    switch self {
    case .malformed(let what): "\(what); send a request as RFC 9112 describes it"
    case .needsTLS: "this port speaks TLS, and the request came in clear text: use an https:// URL"
    case .uriTooLong(let limit): "the request line exceeds \(limit) bytes: shorten the URL"
    case .headerTooLarge(let what): "\(what): send fewer or shorter header fields"
    case .unsupportedVersion: "only HTTP/1.1 and HTTP/1.0 are spoken here"
    case .unknownTransferCoding:
      "the only transfer coding understood is chunked: send the body plain or chunked"
    case .unknownExpectation: "the only expectation understood is 100-continue: leave Expect out"
    case .bodyTooLarge(let limit):
      "the body exceeds the limit of \(limit) bytes: send a smaller one"
    case .timedOut(let what): "\(what): send the request without pauses"
    case .disconnected: "the client closed the connection before the request was complete"
    case .spoolFailed(let reason):
      "the body could not be kept on disk (\(reason)): free space there, then try again"
    }
  }
}
