/// One accepted edit as the store knows it.
package struct Job: Sendable, Hashable {
  package let id: JobID
  /// Whose job it is: the caller's key id; callers see only their own.
  package let owner: String
  package var state: JobState
  package let parameters: EditParameters
  /// Drawn when the job was accepted, or the one asked for; candidate k is drawn with seed + k.
  package let seed: UInt32
  package let image: BlobReference
  package let mask: BlobReference?
  /// Executions begun, the running one included.
  package var attempt: Int
  package let maxAttempts: Int
  package let createdAt: Timestamp
  /// Not claimed before: moves on when a failed attempt backs off.
  package var runAt: Timestamp
  /// Begin of the latest attempt.
  package var startedAt: Timestamp?
  package var finishedAt: Timestamp?
  /// The number of the job's latest event; it grows with every visible change (ETag, long poll).
  package var sequence: Int64
  package var cancelRequested: Bool
  /// Of the latest attempt; an ended job keeps its last, whose previews can still be had.
  package var progress: JobProgress?
  /// There when the job succeeded.
  package var result: JobResult?
  /// There when the job failed, and while it waits for another attempt.
  package var error: JobError?
  package let traceparent: String?
  package let webhook: WebhookSubscription?

  package var deadline: Timestamp? { parameters.deadline }

  package init(
    id: JobID, owner: String, state: JobState, parameters: EditParameters, seed: UInt32,
    image: BlobReference, mask: BlobReference?, attempt: Int, maxAttempts: Int,
    createdAt: Timestamp, runAt: Timestamp, startedAt: Timestamp?, finishedAt: Timestamp?,
    sequence: Int64, cancelRequested: Bool, progress: JobProgress?, result: JobResult?,
    error: JobError?, traceparent: String?, webhook: WebhookSubscription? = nil
  ) {
    self.id = id
    self.owner = owner
    self.state = state
    self.parameters = parameters
    self.seed = seed
    self.image = image
    self.mask = mask
    self.attempt = attempt
    self.maxAttempts = maxAttempts
    self.createdAt = createdAt
    self.runAt = runAt
    self.startedAt = startedAt
    self.finishedAt = finishedAt
    self.sequence = sequence
    self.cancelRequested = cancelRequested
    self.progress = progress
    self.result = result
    self.error = error
    self.traceparent = traceparent
    self.webhook = webhook
  }
}
