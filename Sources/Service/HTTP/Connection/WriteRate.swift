/// Whether a peer that asks also reads: one that does not would hold its answer in memory for ever.
struct WriteRate {
  /// Bytes of answers handed to the socket so far, sent or not, but for their framing.
  private var enqueued = 0
  private var meter: (meter: RateMeter, sent: Int)?

  mutating func enqueue(_ count: Int) {
    enqueued += count
  }

  /// - Parameter pending: bytes that the socket has not sent yet.
  mutating func isTooSlow(
    pending: Int, _ limits: HTTPLimits, now: ContinuousClock.Instant
  ) -> Bool {
    guard pending > 0 else {
      meter = nil
      return false
    }
    let sent = enqueued - pending
    var (meter, before) = meter ?? (RateMeter(since: now), sent)
    meter.add(max(sent - before, 0))
    self.meter = (meter, sent)
    return meter.isTooSlow(limits, now: now)
  }
}
