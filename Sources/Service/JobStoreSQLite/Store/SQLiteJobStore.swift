import Dispatch
import GRDB
import Glibc
package import Jobs
import Locks

/// Jobs and pictures of one machine, in one data directory, held by one process at a time.
///
///     data/lock             which process holds the directory
///     data/jobs.sqlite      jobs, events, idempotency keys, workers (WAL)
///     data/blobs/ab/abcd…   pictures by content
package final class SQLiteJobStore: JobStore {
  let clock: any WallClock
  let database: JobDatabase
  let blobs: BlobKeeper
  let notifier = ChangeNotifier()
  let isDraining = Lock(false)
  private let limits: Lock<JobStoreSettings>
  private let onEnd: @Sendable (Job) -> Void
  /// `nil` where another process may hold the directory.
  private let lock: DirectoryLock?

  /// The limits in force; `apply` changes them.
  package var settings: JobStoreSettings { limits.withLock { $0 } }

  /// What the store takes from its surroundings; tests put their own here.
  package struct Environment: Sendable {
    package var clock: any WallClock = SystemWallClock()
    package var fileCalls = FileCalls.system
    /// How long another process's lock on the database is waited for.
    package var busyTimeout = Duration.seconds(5)
    /// Ceiling of the database's size in pages of 4096 bytes; `nil` = the disk's.
    package var maximumPages: Int?
    /// Called once per job, after the commit that ended it, however it ended.
    package var onEnd: @Sendable (Job) -> Void = { _ in }

    package init() {}
  }

  /// Opens or creates the data directory, brings its schema up to date, and puts jobs back into
  /// the queue that ran when its last process died.
  ///
  /// Throws `locked` while another process holds the directory and `newerSchema` when a newer
  /// version wrote it. Blocks.
  package init(
    directory: String, settings: JobStoreSettings = JobStoreSettings(),
    environment: Environment = Environment()
  ) throws(JobStoreError) {
    limits = Lock(settings)
    clock = environment.clock
    onEnd = environment.onEnd
    try makeDirectory(directory)
    lock = try DirectoryLock(directory: directory)
    let files = try BlobDirectory(path: directory + "/blobs", calls: environment.fileCalls)
    blobs = BlobKeeper(directory: files, clock: environment.clock)
    database = try translating {
      try JobDatabase(
        path: directory + "/jobs.sqlite", busyTimeout: environment.busyTimeout,
        maximumPages: environment.maximumPages)
    }.get()
    try Self.synchronizeFolder(directory, environment.fileCalls)
    try recover(files)
  }

  /// Joins a data directory that another process may hold, for operators: jobs can be read,
  /// cancelled, submitted again and taken away beside a running service.
  ///
  /// SQLite lets the processes take turns. Nothing is recovered or migrated, and no file is ever
  /// removed, since only the holder knows which pictures came a moment ago. The holder's waiters
  /// learn of changes when they next look. Throws `failed` where no database is and `newerSchema`
  /// or `olderSchema` where it is not this version's. Blocks.
  package init(
    attachedTo directory: String, settings: JobStoreSettings = JobStoreSettings(),
    environment: Environment = Environment()
  ) throws(JobStoreError) {
    limits = Lock(settings)
    clock = environment.clock
    onEnd = environment.onEnd
    lock = nil
    guard access(directory + "/jobs.sqlite", F_OK) == 0 else {
      throw .failed(
        "there is no job database in \(directory); name the data directory of a service")
    }
    let files = try BlobDirectory(path: directory + "/blobs", calls: environment.fileCalls)
    blobs = BlobKeeper(directory: files, clock: environment.clock)
    database = try translating {
      try JobDatabase(
        path: directory + "/jobs.sqlite", busyTimeout: environment.busyTimeout,
        maximumPages: environment.maximumPages, isHolder: false)
    }.get()
  }

  /// Changes the limits from now on; what was accepted under the old ones stays.
  package func apply(_ settings: JobStoreSettings) {
    limits.withLock { $0 = settings }
  }

  /// The names of new files are on disk before the first promise is made.
  private static func synchronizeFolder(
    _ directory: String, _ calls: FileCalls
  ) throws(JobStoreError) {
    try OpenFile(directory, 0).synchronize(calls)
    try OpenFile(directory + "/..", 0).synchronize(calls)
  }

  /// No lease outlives its process, since one process holds the directory.
  private func recover(_ files: BlobDirectory) throws(JobStoreError) {
    try translating {
      let now = clock.now()
      try database.writeNow { db in
        for var row in try JobRow.fetchAll(db, where: "state = 'running'", []) {
          try row.transition(.leaseExpired, TransitionContext(now: now), db)
        }
        try db.execute(sql: "DELETE FROM workers")
      }
      let known = try database.readNow { db in
        try Set(String.fetchAll(db, sql: "SELECT hash FROM blobs"))
      }
      _ = try files.sweep { known.contains($0.text) }
    }.get()
  }

  /// Ends after what is under way; waiters are woken, later calls throw `closed`.
  package func close() async {
    await withCheckedContinuation { continuation in
      DispatchQueue.global().async { [self] in
        try? database.close()
        notifier.wakeAll()
        lock?.release()
        continuation.resume()
      }
    }
  }

  package func drain() async {
    isDraining.withLock { $0 = true }
    notifier.workArrived()
  }

  /// Tells waiters about a committed change; called once per transition.
  func announce(_ job: Job) {
    if job.state.isFinal { onEnd(job) }
    notifier.jobChanged(job)
    if job.state == .queued { notifier.workArrived() }
    if job.webhook != nil { notifier.deliveryArrived() }
  }
}
