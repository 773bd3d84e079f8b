import GRDB
import Jobs
import Locks

/// One caller's part of a shared transaction: it fails alone or succeeds with the commit.
struct GroupedWrite: Sendable {
  /// Does the part and keeps its own error; what it throws ends the whole transaction.
  private let perform: @Sendable (Database) throws -> Void
  /// Called once, with the fate of the whole transaction.
  let answer: @Sendable (Result<Void, JobStoreError>) -> Void

  static func returning<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value,
    to receiver: @escaping @Sendable (Result<Value, JobStoreError>) -> Void
  ) -> GroupedWrite {
    let slot = Slot<Value>()
    return GroupedWrite(
      perform: { db in
        let result = Result { try Self.inSavepoint(db) { try body(db) } }
        slot.value.withLock { $0 = result.mapError(JobStoreError.init(translating:)) }
        // Some errors, such as a full disk, make SQLite roll the whole transaction back.
        if case .failure(let error) = result, !db.isInsideTransaction { throw error }
      },
      answer: { fate in
        let own = slot.value.withLock { $0 } ?? .failure(.failed("the write was not run"))
        receiver(fate.flatMap { own })
      })
  }

  static func run(_ writes: [GroupedWrite], _ db: Database) throws {
    for write in writes { try write.perform(db) }
  }

  private static func inSavepoint<Value>(
    _ db: Database, _ body: () throws -> Value
  ) throws -> Value {
    var value: Value?
    try db.inSavepoint {
      value = try body()
      return .commit
    }
    guard let value else { throw JobStoreError.failed("a savepoint gave no value") }
    return value
  }
}

private final class Slot<Value: Sendable>: Sendable {
  let value = Lock<Result<Value, JobStoreError>?>(nil)
}
