package import CPlatform

/// Bytes that wait to be sent, in order, each piece as it was given (no copying).
package struct WriteQueue {
  private var pieces: [[UInt8]] = []
  /// The first piece that still has bytes, and how many of it are gone.
  private var first = 0
  private var offset = 0
  package private(set) var count = 0

  package init() {}

  package var isEmpty: Bool { count == 0 }

  package mutating func append(_ piece: [UInt8]) {
    guard !piece.isEmpty else { return }
    pieces.append(piece)
    count += piece.count
  }

  package mutating func removeAll() {
    self = WriteQueue()
  }

  /// Calls `body` with the next one or two pieces, so that a head and its body leave together.
  package func withNextPieces<R>(_ body: (UnsafeBufferPointer<iovec>) -> R) -> R {
    guard first < pieces.count else { return body(UnsafeBufferPointer(start: nil, count: 0)) }
    return pieces[first].withUnsafeBytes { head in
      let head = UnsafeRawBufferPointer(rebasing: head[offset...])
      guard first + 1 < pieces.count else { return Self.gather([head], body) }
      return pieces[first + 1].withUnsafeBytes { Self.gather([head, $0], body) }
    }
  }

  private static func gather<R>(
    _ buffers: [UnsafeRawBufferPointer], _ body: (UnsafeBufferPointer<iovec>) -> R
  ) -> R {
    withUnsafeTemporaryAllocation(of: iovec.self, capacity: buffers.count) { vectors in
      for (index, buffer) in buffers.enumerated() {
        vectors[index] = iovec(
          iov_base: UnsafeMutableRawPointer(mutating: buffer.baseAddress), iov_len: buffer.count)
      }
      return body(UnsafeBufferPointer(vectors))
    }
  }

  /// Moves as many bytes as there is room for and returns their number.
  mutating func move(into target: UnsafeMutableRawBufferPointer) -> Int {
    var moved = 0
    while moved < target.count, count > 0 {
      let taken = pieces[first].withUnsafeBytes { piece in
        let length = min(target.count - moved, piece.count - offset)
        UnsafeMutableRawBufferPointer(rebasing: target[moved...])
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: piece[offset..<offset + length]))
        return length
      }
      advance(by: taken)
      moved += taken
    }
    return moved
  }

  /// Notes that `sent` bytes left; more than are queued count as all of them.
  package mutating func advance(by sent: Int) {
    var left = min(sent, count)
    count -= left
    while left > 0 {
      let rest = pieces[first].count - offset
      guard left >= rest else {
        offset += left
        break
      }
      left -= rest
      offset = 0
      pieces[first] = []
      first += 1
    }
    if first == pieces.count {
      pieces.removeAll(keepingCapacity: pieces.capacity <= 64)
      first = 0
    }
  }
}
