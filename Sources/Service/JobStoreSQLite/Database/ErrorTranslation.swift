import GRDB
import Jobs

extension JobStoreError {
  /// The case that a thrown error stands for.
  init(translating error: any Error) {
    switch error {
    case let error as JobStoreError: self = error
    case let error as DatabaseError: self.init(database: error)
    case is DecodingError: self = .corrupt("a row does not decode")
    default: self = .failed("\(error)")
    }
  }

  private init(database error: DatabaseError) {
    switch error.resultCode.primaryResultCode {
    case .SQLITE_FULL: self = .diskFull
    case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy
    case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(error.message ?? "not a database")
    case .SQLITE_MISUSE: self = .closed
    default: self = .failed("SQLite \(error.extendedResultCode): \(error.message ?? "no message")")
    }
  }
}
