import Sockets
import Testing

@Suite struct `Write queue` {
  private func next(_ queue: WriteQueue) -> [Int] {
    queue.withNextPieces { $0.map { Int($0.iov_len) } }
  }

  @Test func `head and body leave together, and the rest follows`() {
    var queue = WriteQueue()
    for count in [3, 0, 5, 2] { queue.append([UInt8](repeating: 1, count: count)) }
    #expect(queue.count == 10 && next(queue) == [3, 5])
    queue.advance(by: 2)
    #expect(queue.count == 8 && next(queue) == [1, 5])
    queue.advance(by: 4)
    #expect(next(queue) == [2, 2])
    queue.advance(by: 100)
    #expect(queue.isEmpty && next(queue).isEmpty)
    queue.append([1])
    #expect(next(queue) == [1])
  }
}
