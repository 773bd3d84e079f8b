/// Why a job failed, for its caller: `code` for programs, `detail` says what to do.
package struct JobError: Error, Codable, Sendable, Hashable {
  package let code: String
  package let detail: String

  package init(code: String, detail: String) {
    self.code = code
    self.detail = detail
  }

  /// The worker vanished (crash, power, stall) on every attempt.
  package static let workerLost = JobError(
    code: "worker_lost",
    detail: "the worker stopped during every attempt; submit again, smaller if the picture is large"
  )
}
