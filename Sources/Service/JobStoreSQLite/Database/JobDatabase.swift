import Dispatch
import GRDB
import Jobs
import Locks

/// The SQLite file: readers, and a writer whose commits are on disk or may wait, as each asks.
///
/// One connection writes both kinds: with two, each would find its pages outdated by the other's
/// commits and read them again. Whoever else opens the file is waited for `busyTimeout`. In WAL mode
/// a durable commit also carries every relaxed commit before it to the disk.
final class JobDatabase: Sendable {
  private let pool: DatabasePool
  /// The serial queue of the writer.
  private let lane: DispatchQueue
  /// What the writer is set to; changed on its queue alone.
  private let synchronous = Lock(Synchronous?.none)
  private let pending = Lock<[GroupedWrite]>([])
  private let isClosed = Lock(false)
  /// Whether this process holds the data directory.
  private let isHolder: Bool

  /// - Parameter isHolder: brings an older schema up to date; else one that is not of this version
  ///   is refused.
  init(path: String, busyTimeout: Duration, maximumPages: Int?, isHolder: Bool = true) throws {
    self.isHolder = isHolder
    let lane = DispatchQueue(label: "byteedit.jobs.write")
    self.lane = lane
    var configuration = Configuration()
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(busyTimeout.inSeconds)
    configuration.writeTargetQueue = lane
    configuration.prepareDatabase { db in
      guard let maximumPages else { return }
      try db.execute(sql: "PRAGMA max_page_count = \(maximumPages)")
    }
    pool = try DatabasePool(path: path, configuration: configuration)
    try isHolder ? Schema.migrate(pool) : Schema.requireCurrent(pool)
    try requireLevels()
  }

  /// Lets go of the connections once the write in hand is over, on another queue.
  ///
  /// A write may drop the last reference, and closing a connection waits for the queue that the
  /// write runs on. By hand, for a block that held the connections could be the last to do so.
  deinit {
    let pool = Unmanaged.passRetained(pool)
    lane.async {
      DispatchQueue.global().async { pool.release() }
    }
  }

  private enum Synchronous: Int {
    /// For claims, progress and heartbeats: they survive the process, and may be lost with the
    /// power, together with the worker that made them.
    case normal = 1
    /// For accepting, cancelling and ending jobs: on the disk before anybody sees them.
    case full = 2
  }

  /// On the writer's queue, between transactions.
  private func set(_ level: Synchronous, _ db: Database) throws {
    guard synchronous.withLock({ $0 }) != level else { return }
    try db.execute(sql: "PRAGMA synchronous = \(level.rawValue)")
    synchronous.withLock { $0 = level }
  }

  /// Both levels can be set: an SQLite that ignores one would break every promise in silence.
  private func requireLevels() throws {
    try pool.writeWithoutTransaction { db in
      for level in [Synchronous.normal, .full] {
        try set(level, db)
        let found = try Int.fetchOne(db, sql: "PRAGMA synchronous")
        guard found == level.rawValue else {
          throw JobStoreError.failed("PRAGMA synchronous is \(found ?? -1), not \(level.rawValue)")
        }
      }
    }
  }

  /// For opening only: blocks.
  func writeNow(_ body: (Database) throws -> Void) throws {
    try pool.writeWithoutTransaction { db in
      try set(.full, db)
      try inImmediateTransaction(db) { try body(db) }
    }
  }

  /// For opening only: blocks.
  func readNow<Value>(_ body: (Database) throws -> Value) throws -> Value {
    try pool.read(body)
  }

  func read<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(JobStoreError) -> Value {
    guard !isClosed.withLock({ $0 }) else { throw .closed }
    let result: Result<Value, JobStoreError> = await withCheckedContinuation { continuation in
      pool.asyncRead { connection in
        continuation.resume(returning: translating { try body(connection.get()) })
      }
    }
    return try result.get()
  }

  /// One transaction that survives the process; the answer comes after its commit.
  func relaxed<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value
  ) async throws(JobStoreError) -> Value {
    let result: Result<Value, JobStoreError> = await withCheckedContinuation { continuation in
      pool.asyncWriteWithoutTransaction { [self] db in
        continuation.resume(
          returning: translating {
            guard !isClosed.withLock({ $0 }) else { throw JobStoreError.closed }
            try set(.normal, db)
            // Back at once, while nobody waits; a durable transaction makes sure.
            defer { try? set(.full, db) }
            return try inImmediateTransaction(db) { try body(db) }
          })
      }
    }
    return try result.get()
  }

  /// Joins the next durable transaction; the answer comes after its commit is on disk.
  ///
  /// Whatever gathers while one commit waits for the disk goes into the next one together.
  ///
  /// - Parameter onCommit: called on the writer's queue before the caller goes on, which may take a
  ///   thread some time to hear of; must be quick.
  func durable<Value: Sendable>(
    _ body: @escaping @Sendable (Database) throws -> Value,
    onCommit: @escaping @Sendable (Value) -> Void = { _ in }
  ) async throws(JobStoreError) -> Value {
    let result: Result<Value, JobStoreError> = await withCheckedContinuation { continuation in
      let write = GroupedWrite.returning(body) { result in
        if case .success(let value) = result { onCommit(value) }
        continuation.resume(returning: result)
      }
      let isFirst = pending.withLock { pending in
        pending.append(write)
        return pending.count == 1
      }
      if isFirst { pool.asyncWriteWithoutTransaction { [self] db in commitPending(db) } }
    }
    return try result.get()
  }

  private func commitPending(_ db: Database) {
    let writes = pending.withLock { pending in
      defer { pending = [] }
      return pending
    }
    let result = translating {
      guard !isClosed.withLock({ $0 }) else { throw JobStoreError.closed }
      try set(.full, db)
      try inImmediateTransaction(db) { try GroupedWrite.run(writes, db) }
    }
    for write in writes { write.answer(result) }
  }

  /// Ends after what is under way; later calls answer `closed`.
  func close() throws(JobStoreError) {
    let wasClosed = isClosed.withLock { isClosed in
      defer { isClosed = true }
      return isClosed
    }
    guard !wasClosed else { return }
    try translating {
      if isHolder {
        // The pool's last connection is a reader, which cannot: a stopped service's jobs.sqlite holds
        // everything by itself, unless somebody reads it just now. Then the WAL stays, and is good.
        _ = try? pool.writeWithoutTransaction { db in try db.checkpoint(.truncate) }
      }
      try pool.close()
    }.get()
  }
}

/// `BEGIN IMMEDIATE`: the lock is taken before the first read, so no write can fail half-way.
private func inImmediateTransaction<Value>(
  _ db: Database, _ body: () throws -> Value
) throws -> Value {
  var value: Value?
  try db.inTransaction(.immediate) {
    value = try body()
    return .commit
  }
  guard let value else { throw JobStoreError.failed("a transaction gave no value") }
  return value
}

func translating<Value>(_ body: () throws -> Value) -> Result<Value, JobStoreError> {
  do {
    return .success(try body())
  } catch {
    return .failure(JobStoreError(translating: error))
  }
}
