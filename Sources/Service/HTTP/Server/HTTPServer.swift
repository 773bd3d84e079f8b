import Locks
package import Logging
package import Sockets
package import TLS

/// Is told how the handshakes of a server end, on their loops.
package typealias TLSObserver = @Sendable (Result<TLSPeer, TLSFailure>) -> Void

/// Listens on addresses and answers with one handler.
package final class HTTPServer: Sendable {
  package struct Configuration: Sendable {
    package var addresses: [SocketAddress]
    package var limits = HTTPLimits()
    package var connections = ConnectionLimits()
    /// As many as cores; each is one thread.
    package var loops: Int
    /// Has every connection speak TLS.
    package var credentials: TLSCredentials?
    package var onHandshake: TLSObserver?

    package init(addresses: [SocketAddress], loops: Int) {
      self.addresses = addresses
      self.loops = loops
    }
  }

  private let listeners: [Listener]
  private let open: OpenConnections

  /// Binds every address, so that a wrong one is known at once; `start` begins to accept.
  ///
  /// Throws `SocketError`.
  ///
  /// - Parameter prepared: what is answered without the handler.
  package init(
    _ configuration: Configuration, group: EventLoopGroup? = nil, logger: Logger,
    prepared: PreparedAnswers = PreparedAnswers(), handler: @escaping Handler
  ) throws(SocketError) {
    let group = group ?? EventLoopGroup(count: configuration.loops)
    let open = OpenConnections()
    var listeners: [Listener] = []
    for address in configuration.addresses {
      let listener = try Listener(
        address: address, group: group, limits: configuration.connections,
        credentials: configuration.credentials, logger: logger
      ) { socket in
        let connection = HTTPConnection(
          socket: socket, limits: configuration.limits, prepared: prepared, handler: handler,
          onHandshake: configuration.onHandshake, onClose: { open.remove($0) })
        open.add(connection)
        connection.assumeIsolated { $0.start() }
      }
      listeners.append(listener)
    }
    (self.listeners, self.open) = (listeners, open)
  }

  /// Where it listens, with real ports.
  package var addresses: [SocketAddress] { listeners.map(\.address) }

  package var connectionCount: Int { open.count }

  package func start() {
    for listener in listeners { listener.start() }
  }

  /// Accepts no more, lets requests in hand finish, and breaks off what lasts beyond `grace`.
  package func stop(grace: Duration) async {
    for listener in listeners { listener.stop() }
    open.beginDraining()
    let deadline = ContinuousClock.now + grace
    while open.count > 0, ContinuousClock.now < deadline {
      try? await Task.sleep(for: .milliseconds(20))
    }
    for connection in open.all { await connection.abort() }
    while open.count > 0 { await Task.yield() }
  }
}

/// The connections of a server; those that come while it drains are drained at once.
private final class OpenConnections: Sendable {
  private let state = Lock<(table: [ObjectIdentifier: HTTPConnection], isDraining: Bool)>(
    ([:], false))

  var count: Int { state.withLock { $0.table.count } }
  var all: [HTTPConnection] { state.withLock { Array($0.table.values) } }

  func add(_ connection: HTTPConnection) {
    let isDraining = state.withLock { state in
      state.table[ObjectIdentifier(connection)] = connection
      return state.isDraining
    }
    if isDraining { drain(connection) }
  }

  func remove(_ connection: HTTPConnection) {
    _ = state.withLock { $0.table.removeValue(forKey: ObjectIdentifier(connection)) }
  }

  func beginDraining() {
    let connections = state.withLock { state in
      state.isDraining = true
      return Array(state.table.values)
    }
    for connection in connections { drain(connection) }
  }

  private func drain(_ connection: HTTPConnection) {
    connection.loop.queue.async { connection.assumeIsolated { $0.drain() } }
  }
}
