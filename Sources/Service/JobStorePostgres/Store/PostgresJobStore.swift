package import Jobs
import Locks

/// Jobs and pictures of many machines, in one PostgreSQL database that any number of processes
/// share.
///
/// Rows are locked while they change, moments come from the database's clock, and notifications
/// wake waiters in every process; polling makes up for those that get lost.
package final class PostgresJobStore: JobStore {
  private let limits: Lock<JobStoreSettings>
  let database: JobDatabase
  let blobs: BlobChunks
  let notifier = ChangeNotifier()
  let isDraining = Lock(false)
  private let listener: ChangeListener?
  private let onEnd: @Sendable (Job) -> Void

  /// The limits in force; `apply` changes them.
  var settings: JobStoreSettings { limits.withLock { $0 } }

  package func apply(_ settings: JobStoreSettings) {
    limits.withLock { $0 = settings }
  }

  /// What the store takes from its surroundings; tests put their own here.
  package struct Environment: Sendable {
    /// `nil` is the database's own clock, on which all processes agree.
    package var clock: (any WallClock)?
    /// Sessions at the same time, the listening one not counted.
    package var connections = 8
    /// How long an outage is ridden out before a call fails.
    package var patience = Duration.seconds(5)
    package var limits = PostgresLimits()
    /// `false` loses every notification: only polling is left.
    package var listens = true
    /// Called once per job, after the commit that ended it, by the process that made it.
    package var onEnd: @Sendable (Job) -> Void = { _ in }

    package init() {}
  }

  /// Connects and brings the schema up to date.
  ///
  /// Throws `unreachable` where no database answers and `newerSchema` where a newer version left
  /// no room for this one.
  package init(
    address: PostgresAddress, settings: JobStoreSettings = JobStoreSettings(),
    environment: Environment = Environment()
  ) async throws(JobStoreError) {
    limits = Lock(settings)
    onEnd = environment.onEnd
    let pool = ConnectionPool(address, environment.limits, size: environment.connections)
    database = JobDatabase(
      pool: pool, clock: environment.clock, patience: environment.patience)
    blobs = BlobChunks(database: database)
    listener = environment.listens ? ChangeListener(address, environment.limits, notifier) : nil
    do throws(JobStoreError) {
      try await Schema.migrate(database)
    } catch {
      await database.close()
      throw error
    }
    listener?.start()
  }

  package func close() async {
    await listener?.stop()
    await database.close()
    notifier.wakeAll()
  }

  package func drain() async {
    isDraining.withLock { $0 = true }
    notifier.workArrived()
  }

  /// Tells waiters of this process about a committed change; called once per transition.
  func announce(_ job: Job) {
    if job.state.isFinal { onEnd(job) }
    notifier.jobChanged(job.id)
    if job.state == .queued { notifier.workArrived() }
    if job.webhook != nil { notifier.deliveryArrived() }
  }
}
