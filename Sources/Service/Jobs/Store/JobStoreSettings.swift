/// The limits by which a keeper of jobs works; every keeper takes the same ones.
package struct JobStoreSettings: Sendable, Hashable {
  /// Jobs that may wait; more are answered with `queueFull`.
  package var queueLimit = 64
  /// Executions a job may begin before it fails for good.
  package var maxAttempts = 3
  /// How long a job and its pictures are kept after its end; then it is gone (410).
  package var resultRetention = Duration.seconds(86400)
  /// How long a gone job is remembered as gone; then it is unknown (404).
  package var goneRetention = Duration.seconds(7 * 86400)
  package var idempotencyRetention = Duration.seconds(86400)
  /// One step of priority is worth having waited this much longer.
  package var ageingPerPriority = Duration.seconds(60)
  /// How long a stored picture may wait for a job that refers to it.
  package var blobGrace = Duration.seconds(600)
  /// Bytes that the pictures and the database may take; `nil` = the disk's.
  ///
  /// Beyond it the oldest ended jobs are taken away before their time, and what does not fit even
  /// then is refused.
  package var quota: Int?

  package init() {}

  /// The place in the queue, lowest first.
  ///
  /// All jobs age at the same rate, so this number never changes and can be indexed: a job of
  /// high priority overtakes only what came less than `ageingPerPriority` x difference before it.
  package func rank(createdAt: Timestamp, priority: Int) -> Int64 {
    let advance = ageingPerPriority * priority
    return (createdAt - advance).milliseconds
  }
}
