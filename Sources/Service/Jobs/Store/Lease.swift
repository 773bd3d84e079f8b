/// A worker's right to a job; every write carries it, and an older token is refused (fencing).
package struct Lease: Sendable, Hashable {
  package let job: JobID
  package let token: Int64

  package init(job: JobID, token: Int64) {
    self.job = job
    self.token = token
  }
}

/// A job handed to a worker, with the lease under which it works.
package struct ClaimedJob: Sendable, Hashable {
  package let job: Job
  package let lease: Lease

  package init(job: Job, lease: Lease) {
    self.job = job
    self.lease = lease
  }
}

/// What a worker learns when it writes under its lease.
package enum LeaseAnswer: Sendable, Hashable {
  case held
  /// Stop at the next step and say `stopped`.
  case cancelRequested
  /// Another owns the job by now, or nobody: stop at once, write nothing.
  case lost
}

/// How an execution ended.
package enum Outcome: Sendable, Hashable {
  case succeeded(JobResult)
  case failed(JobError, isTransient: Bool)
  /// Stopped because cancellation was asked for.
  case stopped
  /// Handed back by a draining worker; costs no attempt.
  case handedBack
}

/// A worker as it registers itself; what it serves is for `/v1/models`.
package struct WorkerRecord: Sendable, Hashable, Codable {
  package let id: String
  package let description: JSONValue
  package var lastSeen: Timestamp

  package init(id: String, description: JSONValue, lastSeen: Timestamp) {
    self.id = id
    self.description = description
    self.lastSeen = lastSeen
  }
}
