import Jobs
import Locks

/// A few sessions that are lent to one caller at a time; who comes later waits in turn.
final class ConnectionPool: Sendable {
  private struct State {
    var idle: [PostgresConnection] = []
    /// Idle, lent, and on the way.
    var open = 0
    var isClosed = false
    /// Resumed with a session, or with `nil` to try again.
    var waiting: [CheckedContinuation<PostgresConnection?, Never>] = []
    var closing: [CheckedContinuation<Void, Never>] = []
  }

  private enum Offer {
    case lent(PostgresConnection)
    case connect
    case wait
    case closed
  }

  private let address: PostgresAddress
  private let limits: PostgresLimits
  private let size: Int
  private let state = Lock(State())

  init(_ address: PostgresAddress, _ limits: PostgresLimits, size: Int) {
    self.address = address
    self.limits = limits
    self.size = max(1, size)
  }

  var isClosed: Bool { state.withLock { $0.isClosed } }

  /// Lends a session to `body`; one that broke is not lent again.
  func withConnection<Value: Sendable>(
    _ body: @Sendable (PostgresConnection) async throws -> Value
  ) async throws -> Value {
    let connection = try await lend()
    do {
      let value = try await body(connection)
      giveBack(connection)
      return value
    } catch {
      if let fault = error as? PostgresFault, fault.isBroken {
        giveBack(nil)
      } else {
        giveBack(connection)
      }
      throw error
    }
  }

  private func lend() async throws -> PostgresConnection {
    while true {
      switch offer() {
      case .closed: throw JobStoreError.closed
      case .lent(let connection): return connection
      case .connect: return try await connect()
      case .wait: if let connection = await turn() { return connection }
      }
    }
  }

  private func offer() -> Offer {
    state.withLock { state in
      if state.isClosed { return .closed }
      if let idle = state.idle.popLast() { return .lent(idle) }
      guard state.open < size else { return .wait }
      state.open += 1
      return .connect
    }
  }

  private func connect() async throws -> PostgresConnection {
    do {
      return try await PostgresConnection.open(address, limits)
    } catch {
      giveBack(nil)
      throw error
    }
  }

  private func turn() async -> PostgresConnection? {
    await withCheckedContinuation { continuation in
      let isFree = state.withLock { state in
        guard !state.isClosed, state.idle.isEmpty, state.open >= size else { return true }
        state.waiting.append(continuation)
        return false
      }
      if isFree { continuation.resume(returning: nil) }
    }
  }

  /// Takes a session back; `nil` for one that is gone.
  private func giveBack(_ connection: PostgresConnection?) {
    let (next, closing) = state.withLock { state in
      let isKept = connection != nil && !state.isClosed
      if !isKept { state.open -= 1 }
      let next = state.waiting.isEmpty ? nil : state.waiting.removeFirst()
      if isKept, next == nil, let connection { state.idle.append(connection) }
      guard state.isClosed, state.open == 0 else {
        return (next, [CheckedContinuation<Void, Never>]())
      }
      defer { state.closing = [] }
      return (next, state.closing)
    }
    next?.resume(returning: connection)
    closing.forEach { $0.resume() }
  }

  /// Ends after what is under way; later calls throw `closed`.
  func close() async {
    let waiting = state.withLock { state in
      state.isClosed = true
      state.open -= state.idle.count
      state.idle = []
      defer { state.waiting = [] }
      return state.waiting
    }
    waiting.forEach { $0.resume(returning: nil) }
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        guard state.open > 0 else { return true }
        state.closing.append(continuation)
        return false
      }
      if isOver { continuation.resume() }
    }
  }
}
