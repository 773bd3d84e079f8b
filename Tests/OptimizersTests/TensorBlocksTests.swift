import Compute
import Locks
import Testing

@testable import Optimizers

@Suite struct `Blocks of many tensors` {
  @Test(arguments: [
    [], [0], [1], [16_384], [16_385], [0, 5, 0, 0, 40_000, 16_384, 0], [3, 3, 3],
  ]) func `cover every value once`(counts: [Int]) {
    let blocks = TensorBlocks(counts)
    let seen = Lock<[Int: [Range<Int>]]>([:])
    let numbers = Lock<Set<Int>>([])
    blocks.forEach { tensor, block, range in
      #expect(blocks.blocks(of: tensor).contains(block))
      seen.withLock { $0[tensor, default: []].append(range) }
      numbers.withLock { _ = $0.insert(block) }
    }
    #expect(numbers.withLock { $0 } == Set(0..<blocks.count))
    for (tensor, count) in counts.enumerated() {
      let ranges = seen.withLock { $0[tensor] ?? [] }.sorted { $0.lowerBound < $1.lowerBound }
      #expect(ranges.reduce(0) { $0 + $1.count } == count)
      #expect(zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound == $1.lowerBound })
    }
  }
}
