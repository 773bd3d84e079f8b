import Locks

/// Keeps buffers for reuse: 64-byte aligned, in size classes, given back at their last use.
package final class BufferPool: Sendable {
  package static let shared = BufferPool()
  /// The pool that tensors come from; a test, or a worker that wants its memory counted alone, binds
  /// its own.
  @TaskLocal package static var current: BufferPool = .shared

  package struct Statistics: Sendable, Equatable {
    /// Buffers that had to come from the system since the start.
    package var freshAllocations = 0
    package var bytesInUse = 0
    package var peakBytesInUse = 0
    /// Bytes kept for reuse.
    package var bytesIdle = 0
  }

  private struct State {
    var idle: [Int: [UInt]] = [:]
    var statistics = Statistics()
  }

  private let state = Lock(State())

  package init() {}

  deinit { trim() }

  package var statistics: Statistics { state.withLock { $0.statistics } }
  package var freshAllocations: Int { statistics.freshAllocations }

  /// A buffer of at least `count` floats whose contents are undefined.
  package func take(_ count: Int) -> PooledBuffer {
    let bytes = Self.sizeClass(count)
    let reused: UInt? = state.withLock { state in
      state.statistics.bytesInUse += bytes
      state.statistics.peakBytesInUse = max(
        state.statistics.peakBytesInUse, state.statistics.bytesInUse)
      if let address = state.idle[bytes]?.popLast() {
        state.statistics.bytesIdle -= bytes
        return address
      }
      state.statistics.freshAllocations += 1
      return nil
    }
    let address =
      reused.flatMap { UnsafeMutableRawPointer(bitPattern: $0) }
      ?? UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
    return PooledBuffer(
      start: address.assumingMemoryBound(to: Float.self), count: count, bytes: bytes, pool: self)
  }

  /// Lends a buffer of `count` floats for the time of the closure.
  package func withBuffer<R>(_ count: Int, _ body: (UnsafeMutablePointer<Float>) -> R) -> R {
    let buffer = take(count)
    // Its last visible use would otherwise be the reading of the pointer.
    defer { withExtendedLifetime(buffer) {} }
    return body(buffer.start)
  }

  fileprivate func giveBack(_ start: UnsafeMutablePointer<Float>, bytes: Int) {
    state.withLock { state in
      state.idle[bytes, default: []].append(UInt(bitPattern: start))
      state.statistics.bytesInUse -= bytes
      state.statistics.bytesIdle += bytes
    }
  }

  /// Returns every idle buffer to the system.
  package func trim() {
    let addresses = state.withLock { state in
      let all = state.idle.values.flatMap { $0 }
      state.idle = [:]
      state.statistics.bytesIdle = 0
      return all
    }
    for address in addresses { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
  }

  /// Idle bytes that may pass from one stage to the next: more than a small model ever has, far less
  /// than the gigabyte that a large one leaves.
  package static let idleBetweenStages = 256 << 20

  /// Returns idle memory to the system where there is much of it: between stages that need buffers of
  /// different sizes, so that what the second takes does not come on top of what the first one left.
  package func trimBetweenStages(above limit: Int = idleBetweenStages) {
    if statistics.bytesIdle > limit { trim() }
  }

  /// Bytes of the class that holds `count` floats: eight classes per doubling, 64 bytes at least,
  /// so that at most an eighth is wasted.
  static func sizeClass(_ count: Int) -> Int {
    let bytes = max(count, 1) * MemoryLayout<Float>.stride
    guard bytes > 512 else { return (bytes + 63) / 64 * 64 }
    let step = 1 << (Int.bitWidth - 1 - (bytes - 1).leadingZeroBitCount - 3)
    return (bytes + step - 1) / step * step
  }
}

/// One buffer on loan from a pool; it goes back when the last reference is gone.
package final class PooledBuffer: @unchecked Sendable {
  // Unchecked: the pointer never changes; who may write is decided by the owner (a tensor writes
  // only while it holds the sole reference).
  package let start: UnsafeMutablePointer<Float>
  package let count: Int
  private let bytes: Int
  private let pool: BufferPool

  fileprivate init(
    start: UnsafeMutablePointer<Float>, count: Int, bytes: Int, pool: BufferPool
  ) {
    self.start = start
    self.count = count
    self.bytes = bytes
    self.pool = pool
  }

  deinit { pool.giveBack(start, bytes: bytes) }
}
