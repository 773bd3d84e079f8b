package import HTTPTypes
package import Sockets

/// Finds out whose request it is where proxies stand between: for limits by address, and for logs.
package struct ClientAddresses: Sendable {
  private let proxies: [NetworkRange]

  /// - Parameter proxies: whose `Forwarded` and `X-Forwarded-For` fields are believed.
  package init(trusting proxies: [NetworkRange]) {
    self.proxies = proxies
  }

  /// The address that stands before the last trusted proxy.
  ///
  /// Read from the near end: what a proxy wrote itself is true, what it passed on need not be. Where
  /// a proxy hides who came before, or both fields are there and disagree (a proxy writes one and
  /// passes a forged other on), the request counts as the proxy's own.
  package func client(of peer: SocketAddress, _ fields: HTTPFields) -> SocketAddress {
    guard isTrusted(peer) else { return peer }
    let forwarded = fields[values: .forwarded]
    let older = fields[values: .xForwardedFor]
    let paths = [
      forwarded.isEmpty ? nil : ForwardedPath(forwarded: forwarded),
      older.isEmpty ? nil : ForwardedPath(xForwardedFor: older),
    ].compactMap(\.self)
    let clients = Set(paths.map { client(of: peer, $0) })
    return clients.count == 1 ? clients.first ?? peer : peer
  }

  private func client(of peer: SocketAddress, _ path: ForwardedPath) -> SocketAddress {
    var nearest = peer
    for hop in path.hops.reversed() {
      guard case .address(let address) = hop else { return nearest }
      nearest = address
      guard isTrusted(address) else { break }
    }
    return nearest
  }

  private func isTrusted(_ address: SocketAddress) -> Bool {
    proxies.contains { $0.contains(address) }
  }

  /// Sets `Request.client`.
  package var middleware: Middleware {
    Middleware { request in
      request.client = request.peer.map { client(of: $0, request.fields) }
    }
  }
}
