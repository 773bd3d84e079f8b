import Dispatch
import Locks

/// Runs `work` and blocks this thread until it is done; what is not at home elsewhere runs on it.
///
/// Only for threads of one's own, such as a worker's: on Swift's cooperative pool it could wait for
/// a thread that it holds itself.
package func waiting<Value: Sendable, Failure: Error>(
  for work: @escaping @Sendable () async throws(Failure) -> Value
) throws(Failure) -> Value {
  let answer = Lock<Result<Value, Failure>?>(nil)
  let thread = WaitingThread()
  Task.detached(executorPreference: thread) {
    do throws(Failure) {
      let value = try await work()
      answer.withLock { $0 = .success(value) }
    } catch {
      answer.withLock { $0 = .failure(error) }
    }
  }
  while true {
    thread.runNext()
    if let result = answer.withLock({ $0 }) { return try result.get() }
  }
}

/// The executor of one task on the thread that waits for it: what wakes the task wakes the thread, and no
/// third one between them.
private final class WaitingThread: TaskExecutor {
  private let jobs = Lock<[UnownedJob]>([])
  private let arrivals = DispatchSemaphore(value: 0)

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    jobs.withLock { $0.append(job) }
    arrivals.signal()
  }

  /// Waits for a job and runs it.
  func runNext() {
    arrivals.wait()
    let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
    job?.runSynchronously(on: asUnownedTaskExecutor())
  }
}
