import Testing

@testable import Compute

@Suite struct BufferPoolTests {
  @Test func `a buffer given back is taken again`() {
    let pool = BufferPool()
    for _ in 0..<5 { _ = pool.take(1_000) }
    #expect(pool.freshAllocations == 1)
    #expect(pool.statistics.bytesInUse == 0)
    #expect(pool.statistics.bytesIdle == BufferPool.sizeClass(1_000))
  }

  @Test func `buffers in use at once are different, aligned, and counted`() {
    let pool = BufferPool()
    let buffers = (1...50).map { pool.take($0 * 7) }
    #expect(Set(buffers.map { UInt(bitPattern: $0.start) }).count == 50)
    #expect(buffers.allSatisfy { UInt(bitPattern: $0.start) % 64 == 0 })
    #expect(pool.freshAllocations == 50)
    #expect(pool.statistics.bytesInUse == (1...50).reduce(0) { $0 + BufferPool.sizeClass($1 * 7) })
    withExtendedLifetime(buffers) {}
  }

  @Test func `trimming returns idle memory only`() {
    let pool = BufferPool()
    let kept = pool.take(100)
    _ = pool.take(100_000)
    pool.trim()
    #expect(pool.statistics.bytesIdle == 0)
    #expect(pool.statistics.bytesInUse == BufferPool.sizeClass(100))
    kept.start[99] = 1
    #expect(pool.statistics.peakBytesInUse > 400_000)
  }

  @Test func `between stages much idle memory goes back, little stays`() {
    let pool = BufferPool()
    _ = pool.take(1_000)
    pool.trimBetweenStages(above: BufferPool.sizeClass(1_000))
    #expect(pool.statistics.bytesIdle == BufferPool.sizeClass(1_000))
    _ = pool.take(2_000)
    pool.trimBetweenStages(above: BufferPool.sizeClass(1_000))
    #expect(pool.statistics.bytesIdle == 0)
  }

  @Test func `size classes hold what was asked and waste at most an eighth`() {
    for count in (0...2_000).map({ $0 }) + [4_095, 4_097, 1 << 20, 1 << 20 + 1, 123_456_789] {
      let bytes = BufferPool.sizeClass(count)
      #expect(bytes >= count * 4 && bytes % 64 == 0)
      #expect(bytes <= max(count * 4 + 64, count * 4 * 9 / 8))
    }
  }
}
