import HTTP
import Jobs
import Locks

/// The answer about a job that is ending, written while its end is on its way to the disk.
final class EarlyAnswer: Sendable {
  private typealias Draft = (job: Job, response: Task<Response, Never>)

  private let draft = Lock<Draft?>(nil)

  func begin(_ job: Job, _ write: @escaping @Sendable (Job) -> Response) {
    let response = Task.detached { write(job) }
    draft.withLock { $0 = (job, response) }
  }

  /// Nothing where none was begun, or where the job came to stand otherwise.
  func response(about job: Job) async -> Response? {
    guard let draft = draft.withLock({ $0 }), draft.job == job else { return nil }
    return await draft.response.value
  }
}
