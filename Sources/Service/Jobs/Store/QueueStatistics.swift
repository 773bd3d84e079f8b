/// How long the queue is and how fast it moves.
package struct QueueStatistics: Sendable, Hashable {
  package var queued: Int
  package var running: Int
  /// Age of the job that has waited longest, in seconds.
  package var oldestQueuedSeconds: Double
  /// Mean time from start to end of recent jobs in seconds; `nil` before the first.
  package var meanServiceSeconds: Double?
  package var limit: Int

  package init(
    queued: Int, running: Int, oldestQueuedSeconds: Double, meanServiceSeconds: Double?, limit: Int
  ) {
    self.queued = queued
    self.running = running
    self.oldestQueuedSeconds = oldestQueuedSeconds
    self.meanServiceSeconds = meanServiceSeconds
    self.limit = limit
  }

  /// Whole seconds after which another try makes sense, from 1 to 120.
  package func retryAfterSeconds(workers: Int) -> Int {
    let mean = meanServiceSeconds ?? 5
    let wait = Double(queued + running) * mean / Double(max(1, workers)) / 2
    return Int(min(120, max(1, wait.rounded(.up))))
  }
}
