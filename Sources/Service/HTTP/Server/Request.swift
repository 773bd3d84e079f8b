package import HTTPTypes
package import Sockets
package import TLS

/// A request as a handler sees it.
package struct Request: Sendable {
  package var head: RequestHead
  package var body: RequestBody
  /// The other end of the connection: the client or a proxy.
  package var peer: SocketAddress?
  /// Whom limits and logs count the request for; the peer, unless middleware knows better.
  package var client: SocketAddress?
  /// What TLS agreed on with the peer, its certificate included; nil where it speaks without.
  package var security: TLSPeer?
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

/// A layer around a handler: sees the request before it and the answer after it.
package struct Middleware: Sendable {
  let prepare: @Sendable (inout Request) -> Void
  let finish: @Sendable (Request, inout Response) -> Void

  package init(
    prepare: @escaping @Sendable (inout Request) -> Void = { _ in },
    finish: @escaping @Sendable (Request, inout Response) -> Void = { _, _ in }
  ) {
    self.prepare = prepare
    self.finish = finish
  }
}
