import Glibc

/// A value that one thread at a time may touch.
///
/// Not Synchronization's `Mutex`: the sanitizer for threads does not see through its futex and
/// would call every use a race.
package final class Guarded<Value: Sendable>: @unchecked Sendable {
  // Unchecked, because the compiler cannot know that `mutex` guards `value`.
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private var value: Value

  package init(_ value: Value) {
    self.value = value
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  package func withLock<Answer, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Answer
  ) throws(Failure) -> Answer {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
