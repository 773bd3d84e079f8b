import Access
import Observability
import Testing

@Suite struct `Rates` {
  private let time = ManualTime(monotonic: .seconds(1000))

  @Test func `a minute's worth may come at once, then one as each becomes free`() {
    let limiter = RateLimiter<String>(time: time)
    for _ in 0..<30 { #expect(limiter.take("a", perMinute: 30) == nil) }
    #expect(limiter.take("a", perMinute: 30) == .seconds(2))
    time.advance(by: .seconds(1))
    #expect(limiter.take("a", perMinute: 30) == .seconds(1))
    time.advance(by: .seconds(1))
    #expect(limiter.take("a", perMinute: 30) == nil)
    #expect(limiter.take("a", perMinute: 30) == .seconds(2))
    time.advance(by: .seconds(3600))
    for _ in 0..<30 { #expect(limiter.take("a", perMinute: 30) == nil) }
    #expect(limiter.take("a", perMinute: 30) != nil)
  }

  @Test func `names do not share`() {
    let limiter = RateLimiter<String>(time: time)
    #expect(limiter.take("a", perMinute: 1) == nil)
    #expect(limiter.take("b", perMinute: 1) == nil)
    #expect(limiter.take("a", perMinute: 1) == .seconds(60))
  }

  @Test func `a changed rate holds at once and keeps what was used`() {
    let limiter = RateLimiter<String>(time: time)
    for _ in 0..<10 { #expect(limiter.take("a", perMinute: 60) == nil) }
    #expect(limiter.take("a", perMinute: 1) == nil)
    #expect(limiter.take("a", perMinute: 1) == .seconds(60))
    #expect(limiter.take("a", perMinute: 60) == .seconds(1))
  }

  @Test func `a clock that stands still gives nothing for free`() {
    let limiter = RateLimiter<String>(time: time)
    #expect(limiter.take("a", perMinute: 1) == nil)
    for _ in 0..<1000 { #expect(limiter.take("a", perMinute: 1) == .seconds(60)) }
  }

  @Test func `however many names come, few are remembered, and the idle go first`() {
    let limiter = RateLimiter<Int>(time: time, capacity: 100)
    _ = limiter.take(-1, perMinute: 1)
    time.advance(by: .seconds(60))
    for name in 0..<99 { _ = limiter.take(name, perMinute: 1) }
    #expect(limiter.count == 100)
    _ = limiter.take(99, perMinute: 1)
    // The idle one made room, so that everybody else is still held to the rate.
    #expect(limiter.count == 100)
    #expect((0..<100).allSatisfy { limiter.take($0, perMinute: 1) != nil })
    for name in 100..<100_000 { _ = limiter.take(name, perMinute: 1) }
    #expect(limiter.count <= 100)
  }
}
