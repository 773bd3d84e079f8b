import Locks
package import Observability

/// Counts what each of many does against a rate; remembers a bounded number of them.
package final class RateLimiter<Name: Hashable & Sendable>: Sendable {
  private struct Entry {
    var bucket: TokenBucket
    var perMinute: Int
  }

  private let time: any TimeSource
  private let capacity: Int
  private let entries = Lock<[Name: Entry]>([:])

  /// - Parameter capacity: names that are remembered; beyond it the idle ones are forgotten first,
  ///   then any.
  package init(time: any TimeSource, capacity: Int = 10_000) {
    self.time = time
    self.capacity = max(1, capacity)
  }

  package var count: Int { entries.withLock { $0.count } }

  /// Counts one of `name`, or says how long it must wait.
  package func take(_ name: Name, perMinute: Int) -> Duration? {
    let now = time.monotonic()
    return entries.withLock { entries in
      if entries[name] == nil, entries.count >= capacity { forget(&entries, now) }
      var entry =
        entries[name]
        ?? Entry(bucket: TokenBucket(perMinute: perMinute, now: now), perMinute: perMinute)
      entry.perMinute = perMinute
      let wait = entry.bucket.take(perMinute: perMinute, now: now)
      entries[name] = entry
      return wait
    }
  }

  private func forget(_ entries: inout [Name: Entry], _ now: Duration) {
    for (name, var entry) in entries
    where entry.bucket.isFull(perMinute: entry.perMinute, now: now) {
      entries[name] = nil
    }
    // A flood of names: half of them go, so that not every newcomer searches the table.
    guard entries.count >= capacity else { return }
    for name in Array(entries.keys.prefix((capacity + 1) / 2)) { entries[name] = nil }
  }
}
