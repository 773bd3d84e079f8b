#if canImport(Glibc)
import Locks
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Tells the time of day; injected, so that tests set their own.
package protocol WallClock: Sendable {
  func now() -> Timestamp
}

/// The machine's clock, which never steps back within one process.
package final class SystemWallClock: WallClock {
  private let latest = Lock(Int64.min)

  package init() {}

  package func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    let reading = Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    return latest.withLock { latest in
      latest = max(latest, reading)
      return Timestamp(milliseconds: latest)
    }
  }
}

/// A clock that stands still until it is told to move.
package final class ManualClock: WallClock {
  private let moment: Lock<Timestamp>

  package init(_ start: Timestamp = Timestamp(milliseconds: 1_767_225_600_000)) {
    moment = Lock(start)
  }

  package func now() -> Timestamp {
    moment.withLock { $0 }
  }

  package func advance(by span: Duration) {
    moment.withLock { $0 = $0 + span }
  }
}
