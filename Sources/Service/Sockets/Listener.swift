import CPlatform
import Dispatch
import Glibc
import Locks
package import Logging
import SystemPackage
package import TLS

/// A listening socket that deals accepted connections out to the loops.
package final class Listener: Sendable {
  /// Where it listens; a requested port 0 has become the real one.
  package let address: SocketAddress

  private let descriptor: Int32
  private let group: EventLoopGroup
  private let calls: SystemCalls
  private let credentials: TLSCredentials?
  private let logger: Logger
  private let queue = DispatchQueue(label: "listener", qos: .userInitiated)
  /// Sources are safe to use from any thread; Dispatch does not say so to the compiler.
  nonisolated(unsafe) private let source: any DispatchSourceRead
  private let state: Lock<State>
  private let handler: @Sendable (Connection) -> Void

  private struct State {
    var counter: ConnectionCounter
    /// Kept open so that there is a descriptor to accept with, and refuse, when none is left.
    var reserve: Int32
    /// Why accepting rests; the source is suspended while there is a reason.
    var isFull = false
    var isBackingOff = false
    var isStopped = false
  }

  /// Binds and listens; accepts nothing before `start`.
  ///
  /// Throws `SocketError.cannotListen`.
  ///
  /// With `credentials` every connection speaks TLS, by those in force when it was accepted.
  /// `handler` is called on the loop's queue of the new connection, which it must start.
  package init(
    address: SocketAddress, group: EventLoopGroup, limits: ConnectionLimits = ConnectionLimits(),
    credentials: TLSCredentials? = nil, backlog: Int = 1024, calls: SystemCalls = .live,
    logger: Logger,
    handler: @escaping @Sendable (Connection) -> Void
  ) throws(SocketError) {
    let result = platform_listen(address.platform, Int32(clamping: backlog))
    guard result >= 0 else { throw .cannotListen(address, Errno(rawValue: -result)) }
    var bound = platform_address()
    self.address =
      platform_local_address(result, &bound) == 0 ? SocketAddress(bound) : address
    descriptor = result
    (self.group, self.calls, self.logger, self.handler) = (group, calls, logger, handler)
    self.credentials = credentials
    source = DispatchSource.makeReadSource(fileDescriptor: result, queue: queue)
    state = Lock(
      State(counter: ConnectionCounter(limits: limits), reserve: Self.openReserve()))
    source.setCancelHandler { @Sendable [calls] in calls.close(result) }
  }

  deinit {
    // An inactive source must not be released; its cancel handler closes the descriptor.
    source.cancel()
    source.activate()
    state.withLock { if $0.reserve >= 0 { calls.close($0.reserve) } }
  }

  package var connectionCount: Int { state.withLock { $0.counter.total } }

  package func start() {
    source.setEventHandler { @Sendable [self] in acceptAll() }
    source.activate()
  }

  /// Accepts no more and closes the listening socket; open connections go on.
  package func stop() {
    queue.async { [self] in
      state.withLock { state in
        guard !state.isStopped else { return }
        let rests = state.isFull || state.isBackingOff
        state.isStopped = true
        source.cancel()
        source.activate()
        if rests { source.resume() }
        if state.reserve >= 0 { calls.close(state.reserve) }
        state.reserve = -1
      }
    }
  }

  private static func openReserve() -> Int32 {
    open("/dev/null", O_RDONLY | O_CLOEXEC)
  }

  /// Accepts until the backlog is empty, or there is a reason to rest.
  private func acceptAll() {
    while true {
      guard mayAccept() else { return }
      switch calls.accept(descriptor) {
      case .connection(let socket, let peer): take(socket, peer)
      case .wouldBlock: return
      case .failed(.tooManyOpenFiles), .failed(.tooManyOpenFilesInSystem):
        refuseOne()
        return backOff()
      case .failed(.interrupted), .failed(.connectionAbort): continue
      case .failed(let errno):
        logger.warning("accept failed", metadata: ["error": "\(errno)"])
        return backOff()
      }
    }
  }

  /// False when stopped or full; checked and put to rest in one step, lest a release be missed.
  private func mayAccept() -> Bool {
    state.withLock { state in
      if !state.isStopped, state.counter.isFull { rest(&state, \.isFull) }
      return !state.isStopped && !state.isFull
    }
  }

  private func take(_ socket: Int32, _ peer: SocketAddress) {
    guard state.withLock({ $0.counter.admit(peer) }) else {
      platform_reset_on_close(socket)
      calls.close(socket)
      return
    }
    let loop = group.next()
    let connection = Connection(
      descriptor: socket, peer: peer, loop: loop, calls: calls, tls: credentials?.current,
      onClose: { [weak self] in self?.release(peer) })
    loop.queue.async { [handler] in handler(connection) }
  }

  private func release(_ peer: SocketAddress) {
    let mayGoOn = state.withLock { state in
      state.counter.release(peer)
      return state.isFull
    }
    if mayGoOn { queue.async { [self] in goOn(\.isFull) } }
  }

  /// With no descriptor left the backlog's head would be offered for ever: give up the reserve,
  /// take the connection, refuse it, and take the reserve back.
  private func refuseOne() {
    logger.warning("no file descriptors left: refusing a connection; raise the limit (ulimit -n)")
    state.withLock { state in
      guard state.reserve >= 0 else { return }
      calls.close(state.reserve)
      if case .connection(let socket, _) = calls.accept(descriptor) { calls.close(socket) }
      state.reserve = Self.openReserve()
    }
  }

  private func backOff() {
    state.withLock { rest(&$0, \.isBackingOff) }
    queue.asyncAfter(deadline: .now() + .milliseconds(100)) { [self] in goOn(\.isBackingOff) }
  }

  private func rest(_ state: inout State, _ reason: WritableKeyPath<State, Bool> & Sendable) {
    if !(state.isFull || state.isBackingOff) { source.suspend() }
    state[keyPath: reason] = true
  }

  private func goOn(_ reason: WritableKeyPath<State, Bool> & Sendable) {
    state.withLock { state in
      guard state[keyPath: reason] else { return }
      state[keyPath: reason] = false
      if !state.isStopped, !(state.isFull || state.isBackingOff) { source.resume() }
    }
  }
}
