/// The events that receivers still have to hear of, kept beside the jobs.
///
/// A row is written by the very transaction that makes the event, so none is lost with a process.
/// It goes with its job.
package protocol WebhookOutbox: Sendable {
  /// Takes the delivery that is due for longest, or `nil` when none is.
  func claimDelivery(_ claim: DeliveryClaim) async throws(JobStoreError) -> ClaimedDelivery?
  /// Ends an attempt; `false` says that the lease was lost and nothing was written.
  func settle(
    _ lease: DeliveryLease, _ settlement: DeliverySettlement
  ) async throws(JobStoreError) -> Bool
  /// A job's deliveries, oldest first.
  func deliveries(of job: JobID) async throws(JobStoreError) -> [WebhookDelivery]
  /// Has a job's ended deliveries tried again from the start; answers how many.
  func redeliver(_ job: JobID) async throws(JobStoreError) -> Int
  func outboxStatistics() async throws(JobStoreError) -> OutboxStatistics
  /// Waits until a delivery may be due or the time is over. Only a hint, so poll as well.
  func waitForDeliveries(_ claim: DeliveryClaim, timeout: Duration) async
}
