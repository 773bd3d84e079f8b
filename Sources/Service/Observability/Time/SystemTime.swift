import Glibc

/// The machine's own clocks.
package struct SystemTime: TimeSource {
  package init() {}

  package func monotonic() -> Duration { read(CLOCK_MONOTONIC) }
  package func wall() -> Duration { read(CLOCK_REALTIME) }

  private func read(_ clock: clockid_t) -> Duration {
    var time = timespec()
    clock_gettime(clock, &time)
    return Duration((seconds: time.tv_sec, nanoseconds: time.tv_nsec))
  }
}
