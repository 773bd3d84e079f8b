import CPostgres
import Dispatch
import Jobs

/// One session with the server.
///
/// Nothing blocks but looking up the host's name, which has a queue of its own.
final class PostgresConnection: @unchecked Sendable {
  // Unchecked: whoever has it from the pool has it alone.
  private let handle: OpaquePointer
  private let limits: PostgresLimits

  private init(_ handle: OpaquePointer, _ limits: PostgresLimits) {
    self.handle = handle
    self.limits = limits
  }

  deinit { PQfinish(handle) }

  /// Opens a session and sets its limits.
  static func open(
    _ address: PostgresAddress, _ limits: PostgresLimits
  ) async throws(PostgresFault) -> PostgresConnection {
    let connection = try await start(address, limits)
    try await connection.finishConnecting(until: .now + limits.connecting)
    guard PQsetnonblocking(connection.handle, 1) == 0 else {
      throw PostgresFault(connection: connection.handle)
    }
    postgres_silence_notices(connection.handle)
    try await connection.script(limits.settings)
    return connection
  }

  private static let lookups = DispatchQueue(label: "byteedit.postgres.lookups")

  private static func start(
    _ address: PostgresAddress, _ limits: PostgresLimits
  ) async throws(PostgresFault) -> PostgresConnection {
    let handle: OpaquePointer? = await withCheckedContinuation { continuation in
      lookups.async { continuation.resume(returning: address.start()) }
    }
    guard let handle else {
      throw PostgresFault(state: nil, message: "no memory for a connection", isBroken: true)
    }
    let opened = PostgresConnection(handle, limits)
    guard PQstatus(opened.handle) != CONNECTION_BAD else {
      throw PostgresFault(connection: opened.handle)
    }
    return opened
  }

  private func finishConnecting(
    until deadline: ContinuousClock.Instant
  ) async throws(PostgresFault) {
    var next = PGRES_POLLING_WRITING
    while true {
      switch next {
      case PGRES_POLLING_OK: return
      case PGRES_POLLING_READING, PGRES_POLLING_WRITING:
        // The socket may be another one after every poll: hosts are tried in turn.
        let isReady = await SocketWait.wait(
          for: PQsocket(handle), next == PGRES_POLLING_READING ? .readable : .writable,
          timeout: deadline - .now)
        guard isReady else { throw .timedOut("connect") }
      default: throw .notConnected(handle)
      }
      next = PQconnectPoll(handle)
    }
  }

  // MARK: Statements

  /// Runs one statement with parameters; answers its rows.
  @discardableResult
  func query(
    _ sql: String, _ values: [PostgresValue] = []
  ) async throws(PostgresFault) -> [PostgresRow] {
    let sent = PostgresParameters(values).withPointers { count, types, pointers, lengths, formats in
      PQsendQueryParams(handle, sql, count, types, pointers, lengths, formats, 1)
    }
    guard sent == 1 else { throw PostgresFault(connection: handle) }
    return try await answer()
  }

  /// Runs several statements without parameters in one exchange; answers nothing.
  func script(_ sql: String) async throws(PostgresFault) {
    guard PQsendQuery(handle, sql) == 1 else { throw PostgresFault(connection: handle) }
    _ = try await answer()
  }

  /// Reads every result of what was sent; the first error counts.
  private func answer() async throws(PostgresFault) -> [PostgresRow] {
    let deadline = ContinuousClock.now + limits.answer
    try await flush(until: deadline)
    var rows: [PostgresRow] = []
    var fault: PostgresFault?
    while let result = try await nextResult(until: deadline) {
      defer { PQclear(result) }
      switch PQresultStatus(result) {
      case PGRES_TUPLES_OK: rows = PostgresRow.all(result)
      case PGRES_COMMAND_OK, PGRES_EMPTY_QUERY: break
      default: fault = fault ?? PostgresFault(result: result, isBroken: isBroken)
      }
    }
    if var fault {
      fault.isBroken = fault.isBroken || isBroken
      throw fault
    }
    return rows
  }

  private var isBroken: Bool { PQstatus(handle) != CONNECTION_OK }

  private func flush(until deadline: ContinuousClock.Instant) async throws(PostgresFault) {
    while true {
      switch PQflush(handle) {
      case 0: return
      case 1:
        guard
          await SocketWait.wait(for: PQsocket(handle), .writable, timeout: deadline - .now),
          PQconsumeInput(handle) == 1
        else { throw .timedOut("send a statement") }
      default: throw PostgresFault(connection: handle)
      }
    }
  }

  private func nextResult(
    until deadline: ContinuousClock.Instant
  ) async throws(PostgresFault) -> OpaquePointer? {
    while PQisBusy(handle) == 1 {
      guard await SocketWait.wait(for: PQsocket(handle), .readable, timeout: deadline - .now) else {
        throw .timedOut("a statement")
      }
      guard PQconsumeInput(handle) == 1 else { throw PostgresFault(connection: handle) }
    }
    return PQgetResult(handle)
  }

  // MARK: Notifications

  /// Waits at most `timeout` for notifications and answers their payloads.
  ///
  /// A cancelled task ends the wait.
  func notifications(within timeout: Duration) async throws(PostgresFault) -> [String] {
    // Some may have come along with an answer.
    let early = takeNotifications()
    guard early.isEmpty else { return early }
    let isReady = await SocketWait.wait(
      for: PQsocket(handle), .readable, timeout: timeout, endsWithTask: true)
    guard isReady else { return [] }
    guard PQconsumeInput(handle) == 1 else { throw PostgresFault(connection: handle) }
    return takeNotifications()
  }

  private func takeNotifications() -> [String] {
    var payloads: [String] = []
    while let notification = PQnotifies(handle) {
      payloads.append(String(cString: notification.pointee.extra))
      PQfreemem(notification)
    }
    return payloads
  }
}
