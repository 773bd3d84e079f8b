/// The only truth about jobs: the API writes them, workers claim them, all else is read from here.
///
/// Calls suspend and never block their thread, so they may be made from anywhere; a worker's own
/// thread uses `waiting(for:)`. What a call answers is committed; submits, cancellations and ends
/// of jobs are on disk by then.
package protocol JobStore: BlobStore, WebhookOutbox {
  // MARK: Callers

  func submit(_ submission: Submission) async throws(JobStoreError) -> SubmitOutcome
  func job(_ id: JobID) async throws(JobStoreError) -> JobLookup
  /// What `job` would say, in short; for whoever may know the rest already.
  func standing(of id: JobID) async throws(JobStoreError) -> StandingLookup
  /// The job that `owner` submitted with `key`, as long as the key stands for it.
  func job(named key: IdempotencyKey, of owner: String) async throws(JobStoreError) -> JobLookup
  func jobs(_ query: JobQuery) async throws(JobStoreError) -> JobPage
  /// Events with a higher number than `sequence`, oldest first, at most `limit`.
  func events(
    of id: JobID, after sequence: Int64, limit: Int
  ) async throws(JobStoreError) -> [JobEvent]
  /// Waits until the job's sequence exceeds `sequence`, the job is final or the time is over, and
  /// answers how it stands then.
  func waitForChange(
    of id: JobID, after sequence: Int64, timeout: Duration
  ) async throws(JobStoreError) -> JobLookup
  /// Waits until the job is final or the time is over, and answers how it stands then; what comes
  /// before its end wakes nobody where the store can tell it apart.
  ///
  /// - Parameter nearing: told of an end that is not certain yet, where the store can, on the thread of
  ///   the worker, which waits for that end; may count on nothing: the job may end otherwise.
  func waitForEnd(
    of id: JobID, timeout: Duration, nearing: @escaping @Sendable (Job) -> Void
  ) async throws(JobStoreError) -> JobLookup
  /// Cancels a queued job at once and asks a running one to stop at its next step.
  func cancel(_ id: JobID) async throws(JobStoreError) -> CancelOutcome
  /// How many jobs are claimed before this one; `nil` unless it waits.
  func queuePosition(of id: JobID) async throws(JobStoreError) -> Int?
  func statistics() async throws(JobStoreError) -> QueueStatistics
  /// Workers seen within `span`.
  func workers(seenWithin span: Duration) async throws(JobStoreError) -> [WorkerRecord]

  // MARK: Workers

  func register(_ id: String, description: JSONValue) async throws(JobStoreError)
  /// Says that the worker lives, whether or not it has a job.
  func touch(_ id: String) async throws(JobStoreError)
  func unregister(_ id: String) async throws(JobStoreError)
  /// Takes the next job for `lease`, or `nil` when none waits.
  func claim(worker: String, lease: Duration) async throws(JobStoreError) -> ClaimedJob?
  /// Extends the lease to `span` from now.
  func heartbeat(_ lease: Lease, for span: Duration) async throws(JobStoreError) -> LeaseAnswer
  func report(_ progress: JobProgress, under lease: Lease) async throws(JobStoreError)
    -> LeaseAnswer
  /// Keeps how far the execution is, in place of what was kept before, until the job ends.
  func keep(_ checkpoint: [UInt8], under lease: Lease) async throws(JobStoreError) -> LeaseAnswer
  /// What the job's executions kept last; nothing where none did, and once the job has ended.
  func checkpoint(of id: JobID) async throws(JobStoreError) -> [UInt8]?
  /// Ends the execution; `lost` means that nothing was written.
  func finish(_ lease: Lease, _ outcome: Outcome) async throws(JobStoreError) -> FinishAnswer
  /// Waits until a job may be claimable or the time is over; answers at once when one is there
  /// already. Without an answer it is only a hint: ask `claim`, and poll as well.
  ///
  /// Where the store can, it hands over a job that is accepted meanwhile, claimed for `lease`, and
  /// the work begins while the acceptance is on its way to the disk. Should that fail, nobody was
  /// promised anything, and the lease is `lost`.
  func waitForJob(worker: String, lease: Duration, timeout: Duration) async -> ClaimedJob?

  // MARK: Upkeep

  /// Changes the limits from now on; what was accepted under the old ones stays.
  func apply(_ settings: JobStoreSettings)
  /// Ends expired leases and passed deadlines; removes what has outlived its time.
  func tidy() async throws(JobStoreError) -> TidyReport
  /// From now on submissions are answered with `draining` and nothing is claimed.
  func drain() async
  /// Ends after what is under way; waiters are woken, later calls throw `closed`.
  func close() async
}

package enum JobLookup: Sendable, Hashable {
  case found(Job)
  /// It was there, and its time is over (410 for its owner).
  case gone(owner: String)
  case unknown
}

/// How a job stands: nothing about it has changed as long as this has not, but for its place in the
/// queue.
package struct JobStanding: Sendable, Hashable {
  package let owner: String
  package let state: JobState
  /// Of its latest event.
  package let sequence: Int64

  package init(owner: String, state: JobState, sequence: Int64) {
    self.owner = owner
    self.state = state
    self.sequence = sequence
  }
}

package enum StandingLookup: Sendable, Hashable {
  case found(JobStanding)
  /// Never there, or gone.
  case unknown
}

package enum CancelOutcome: Sendable, Hashable {
  case canceled(Job)
  /// Running: it stops at its next step.
  case requested(Job)
  /// It had ended before.
  case alreadyFinal(Job)
  case gone
  case unknown
}

package enum FinishAnswer: Sendable, Hashable {
  /// The state the job has now; after a cancellation not always the one reported.
  case written(JobState)
  case lost
}

/// Which jobs to list, newest first.
package struct JobQuery: Sendable, Hashable {
  /// `nil` lists everybody's.
  package var owner: String?
  package var states: Set<JobState>
  package var limit: Int
  /// From the page before; `nil` begins at the newest.
  package var cursor: JobCursor?

  package init(
    owner: String? = nil, states: Set<JobState> = [], limit: Int = 50, cursor: JobCursor? = nil
  ) {
    self.owner = owner
    self.states = states
    self.limit = limit
    self.cursor = cursor
  }
}

package struct JobPage: Sendable, Hashable {
  package let jobs: [Job]
  package let next: JobCursor?

  package init(jobs: [Job], next: JobCursor?) {
    self.jobs = jobs
    self.next = next
  }
}

/// The place after the last job of a page; `text` is opaque to callers.
package struct JobCursor: Sendable, Hashable {
  package let createdAt: Timestamp
  package let id: JobID

  package init(createdAt: Timestamp, id: JobID) {
    self.createdAt = createdAt
    self.id = id
  }

  package init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1)
    guard parts.count == 2, let moment = Int64(parts[0]), let id = JobID(String(parts[1])) else {
      return nil
    }
    self.init(createdAt: Timestamp(milliseconds: moment), id: id)
  }

  package var text: String { "\(createdAt.milliseconds).\(id.text)" }
}

/// What one round of upkeep did.
package struct TidyReport: Sendable, Hashable {
  package var leasesExpired = 0
  package var jobsExpired = 0
  package var jobsGone = 0
  package var blobsRemoved = 0

  package init() {}
}

extension JobStore {
  package func waitForEnd(
    of id: JobID, timeout: Duration
  ) async throws(JobStoreError) -> JobLookup {
    try await waitForEnd(of: id, timeout: timeout) { _ in }
  }

  package func waitForEnd(
    of id: JobID, timeout: Duration, nearing: @escaping @Sendable (Job) -> Void
  ) async throws(JobStoreError) -> JobLookup {
    let end = ContinuousClock.now + timeout
    var lookup = try await job(id)
    while case .found(let job) = lookup, !job.state.isFinal, !Task.isCancelled {
      let rest = end - ContinuousClock.now
      guard rest > .zero else { break }
      lookup = try await waitForChange(of: id, after: job.sequence, timeout: rest)
    }
    return lookup
  }
}
