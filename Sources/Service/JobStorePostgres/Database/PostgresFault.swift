import CPostgres
import Jobs

/// What went wrong between here and the server.
struct PostgresFault: Error, Sendable {
  /// The SQLSTATE (PostgreSQL manual, appendix A); `nil` when no answer came.
  var state: String?
  var message: String
  /// The connection cannot be used any more.
  var isBroken: Bool
  /// Whether the work may have been done all the same: the commit was under way.
  var isUncertain = false
  /// The server does not let this user in: another try would fail again.
  var isRefusal = false

  /// An outage, a restart, or a quarrel between transactions: nothing was written, so the work may
  /// be done again.
  func mayBeRepeated(_ doubt: JobDatabase.Doubt = .isReported) -> Bool {
    guard !isRefusal, !isUncertain || doubt == .isRepeated else { return false }
    return isBroken || state.map(Self.repeatable.contains) ?? false
  }

  /// serialization_failure, deadlock_detected, admin_shutdown, crash_shutdown, cannot_connect_now,
  /// too_many_connections.
  private static let repeatable: Set = ["40001", "40P01", "57P01", "57P02", "57P03", "53300"]
}

extension PostgresFault {
  /// Of a connection: what it says last.
  init(connection: OpaquePointer?) {
    let text = connection.flatMap { PQerrorMessage($0) }.map { String(cString: $0) } ?? ""
    self.init(state: nil, message: Self.line(text), isBroken: true)
  }

  /// Of an answer that is an error.
  init(result: OpaquePointer, isBroken: Bool) {
    // PG_DIAG_SQLSTATE and PG_DIAG_MESSAGE_PRIMARY are character constants in C.
    let state = PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) }
    let text = PQresultErrorField(result, Int32(UInt8(ascii: "M"))).map { String(cString: $0) }
    let whole = PQresultErrorMessage(result).map { String(cString: $0) }
    self.init(
      state: state, message: Self.line(text ?? whole ?? "no message"), isBroken: isBroken)
  }

  /// Of a connection that was not made; libpq tells no SQLSTATE of that.
  static func notConnected(_ connection: OpaquePointer?) -> PostgresFault {
    var fault = PostgresFault(connection: connection)
    fault.isRefusal =
      PQconnectionNeedsPassword(connection) == 1
      || PQconnectionUsedPassword(connection) == 1
        && fault.message.contains("password authentication failed")
    if fault.isRefusal {
      fault.message += "; give the password in PGPASSWORD or a password file (PGPASSFILE)"
    }
    return fault
  }

  static func timedOut(_ action: String) -> PostgresFault {
    PostgresFault(state: nil, message: "no answer in time to \(action)", isBroken: true)
  }

  private static func line(_ text: String) -> String {
    text.split(separator: "\n").joined(separator: " ")
  }
}

extension JobStoreError {
  /// The case that a thrown error stands for.
  init(translating error: any Error) {
    switch error {
    case let error as JobStoreError: self = error
    case let fault as PostgresFault: self.init(fault)
    case is DecodingError: self = .corrupt("a row does not decode")
    default: self = .failed("\(error)")
    }
  }

  private init(_ fault: PostgresFault) {
    switch fault.state {
    case "53100": self = .diskFull
    // lock_not_available, query_canceled (statement time-out), and quarrels that did not end.
    case "55P03", "57014", "40001", "40P01": self = .busy
    case "XX001", "XX002": self = .corrupt(fault.message)
    case let state? where !fault.isBroken && !fault.mayBeRepeated():
      self = .failed("PostgreSQL \(state): \(fault.message)")
    default: self = .unreachable(fault.message)
    }
  }
}
