package import HTTPTypes
package import Sockets

/// A request as a handler sees it.
package struct Request: Sendable {
  package var head: RequestHead
  package var body: RequestBody
  /// The other end of the connection: the client or a proxy.
  package var peer: SocketAddress?
  /// Whom limits and logs count the request for; the peer, unless middleware knows better.
  package var client: SocketAddress?
  /// Who asks, set and understood by the layers above that know callers.
  package var principal: (any Sendable)?
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
    client = peer
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
