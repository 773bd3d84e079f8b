import Testing

@testable import Observability

@Suite struct `A trace context` {
  private static let trace = "0af7651916cd43dd8448eb211c80319c"

  @Test func `is read and written unchanged`() throws {
    let header = "00-\(Self.trace)-b7ad6b7169203331-01"
    let context = try #require(TraceContext(traceparent: header))
    #expect(context.traceID == Self.trace)
    #expect(context.spanID == "b7ad6b7169203331")
    #expect(context.isSampled)
    #expect(context.traceparent == header)
    #expect(TraceContext(traceparent: "00-\(Self.trace)-b7ad6b7169203331-02")?.isSampled == false)
  }

  @Test func `of a later version may say more`() {
    #expect(TraceContext(traceparent: "01-\(Self.trace)-b7ad6b7169203331-01-more") != nil)
    #expect(TraceContext(traceparent: "cc-\(Self.trace)-b7ad6b7169203331-01-") != nil)
  }

  @Test(arguments: [
    "", "00", "00-\(trace)-b7ad6b7169203331", "00-\(trace)-b7ad6b7169203331-01-more",
    "ff-\(trace)-b7ad6b7169203331-01", "00-\(trace.uppercased())-b7ad6b7169203331-01",
    "00-00000000000000000000000000000000-b7ad6b7169203331-01", "0g-\(trace)-b7ad6b7169203331-01",
    "00-\(trace)-0000000000000000-01", "00-\(trace)-b7ad6b7169203331-1",
    "00-\(trace)0-b7ad6b7169203331-01", "00-\(trace)-b7ad6b716920333-001",
    "00-\(trace)-b7ad6b7169203331-+1", " 00-\(trace)-b7ad6b7169203331-01",
    "00-\(trace)-b7ad6b71692033é1-01", "01-\(trace)-b7ad6b7169203331-01.more",
  ])
  func `that is not well formed is refused`(header: String) {
    #expect(TraceContext(traceparent: header) == nil)
  }

  @Test func `of our own is new each time and valid`() throws {
    let contexts = (0..<100).map { _ in TraceContext.random() }
    #expect(Set(contexts.map(\.traceID)).count == 100)
    for context in contexts {
      #expect(TraceContext(traceparent: context.traceparent) == context)
    }
  }

  @Test func `has children in the same trace`() {
    var generator = CountingGenerator()
    let parent = TraceContext.random(using: &generator)
    let child = parent.child(using: &generator)
    #expect(child.traceID == parent.traceID)
    #expect(child.spanID != parent.spanID)
  }
}

/// Another number each time, and the same ones in each run.
private struct CountingGenerator: RandomNumberGenerator {
  private var count: UInt64 = 0

  mutating func next() -> UInt64 {
    count += 1
    return count &* 0x9e37_79b9_7f4a_7c15
  }
}
