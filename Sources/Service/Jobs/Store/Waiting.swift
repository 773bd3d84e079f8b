import Dispatch
import Locks

/// Runs `work` and blocks this thread until it is done.
///
/// Only for threads of one's own, such as a worker's: on Swift's cooperative pool it could wait for
/// a thread that it holds itself.
package func waiting<Value: Sendable, Failure: Error>(
  for work: @escaping @Sendable () async throws(Failure) -> Value
) throws(Failure) -> Value {
  let answer = Answer<Value, Failure>()
  let done = DispatchSemaphore(value: 0)
  Task.detached {
    do throws(Failure) {
      let value = try await work()
      answer.result.withLock { $0 = .success(value) }
    } catch {
      answer.result.withLock { $0 = .failure(error) }
    }
    done.signal()
  }
  while true {
    done.wait()
    if let result = answer.result.withLock({ $0 }) { return try result.get() }
  }
}

private final class Answer<Value: Sendable, Failure: Error>: Sendable {
  let result = Lock<Result<Value, Failure>?>(nil)
}
