package import HTTPTypes
package import Sockets

/// A request as a handler sees it.
package struct Request: Sendable {
  package var head: RequestHead
  package var body: RequestBody
  package var peer: SocketAddress?
  /// For logs and for the `X-Request-Id` of the answer; set by middleware.
  package var id: String
  /// What the router found in the path, percent-decoded.
  package var parameters: PathParameters
  package var received: ContinuousClock.Instant

  package init(
    head: RequestHead, body: RequestBody = .empty, peer: SocketAddress? = nil,
    received: ContinuousClock.Instant = .now
  ) {
    self.head = head
    self.body = body
    self.peer = peer
    self.received = received
    id = ""
    parameters = PathParameters()
  }

  package var method: HTTPRequest.Method { head.method }
  package var path: String { head.target.path }
  package var fields: HTTPFields { head.fields }
}

/// What a handler gives back, or a middleware before it.
package typealias Handler = nonisolated(nonsending) @Sendable (Request) async -> Response

/// Wraps a handler: sees the request before it and the answer after it.
package typealias Middleware =
  nonisolated(nonsending) @Sendable (Request, Handler) async -> Response
