import Glibc

/// Blocks this thread, which must be one of our own, for `span`.
func pause(_ span: Duration) {
  var rest = timespec(
    tv_sec: time_t(span.components.seconds),
    tv_nsec: Int(span.components.attoseconds / 1_000_000_000))
  while true {
    var left = timespec()
    guard nanosleep(&rest, &left) != 0, errno == EINTR else { return }
    rest = left
  }
}
