import Glibc

/// A value that one thread at a time may touch, behind a POSIX mutex.
///
/// `Synchronization.Mutex` would do the same, but its contended path lies in a library that the
/// thread sanitizer does not see into, and which therefore looks like a race.
package final class Lock<Value>: @unchecked Sendable {
  // Unchecked: the value is reached only while the mutex is held.
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  /// Of its own allocation: as a property, a value without size would share its neighbour's
  /// address, which the thread sanitizer takes for a race.
  private let value: UnsafeMutablePointer<Value>

  package init(_ value: Value) {
    self.value = .allocate(capacity: 1)
    self.value.initialize(to: value)
    mutex = .allocate(capacity: 1)
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
    value.deinitialize(count: 1)
    value.deallocate()
  }

  package func withLock<R, E: Error>(_ body: (inout Value) throws(E) -> R) throws(E) -> R {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value.pointee)
  }
}
