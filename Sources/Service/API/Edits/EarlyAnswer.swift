import HTTP
import Jobs
import Locks

/// The answer about a job that is ending, written while its end is on its way to the disk.
final class EarlyAnswer: Sendable {
  private let draft = Lock<(job: Job, response: Response)?>(nil)

  /// Blocks until it is written.
  func write(_ job: Job, _ write: (Job) -> Response) {
    let response = write(job)
    draft.withLock { $0 = (job, response) }
  }

  /// Nothing where none was written in time, or where the job came to stand otherwise.
  func response(about job: Job) -> Response? {
    draft.withLock { draft in draft?.job == job ? draft?.response : nil }
  }
}
