import Testing

@testable import Rewards

@Suite struct `Best candidates` {
  private func kept(_ scores: [Double?], limit: Int) -> [Int] {
    var best = BestCandidates<Int>(limit: limit)
    for (index, score) in scores.enumerated() { best.offer(index, index: index, score: score) }
    return best.entries.map(\.index)
  }

  @Test func `the highest score comes first, of equal ones the lower index`() {
    #expect(kept([0.2, 0.9, 0.5, 0.9, 0.2], limit: 5) == [1, 3, 2, 0, 4])
  }

  @Test func `only the best are kept`() {
    #expect(kept([0.2, 0.9, 0.5, 0.9, 0.2], limit: 2) == [1, 3])
    #expect(kept([0.5, 0.5, 0.5], limit: 1) == [0])
    #expect(kept([0.1], limit: 3) == [0])
  }

  @Test func `what has no score comes last, by its index`() {
    #expect(kept([nil, 0.0, nil, 0.4], limit: 4) == [3, 1, 0, 2])
    #expect(kept([nil, nil, nil], limit: 2) == [0, 1])
  }

  @Test func `the order of offering does not matter`() {
    let scores = [0.3, 0.7, 0.7, 0.1, 0.9, 0.3]
    for seed in 0..<50 {
      var generator = Steps(state: UInt64(seed))
      var best = BestCandidates<Int>(limit: 4)
      for index in scores.indices.shuffled(using: &generator) {
        best.offer(index, index: index, score: scores[index])
      }
      #expect(best.entries.map(\.index) == [4, 1, 2, 0])
    }
  }

  @Test func `accepting foretells keeping`() {
    var best = BestCandidates<Int>(limit: 2)
    for (index, score) in [0.5, 0.4, 0.4, 0.45, 0.6].enumerated() {
      let foretold = best.accepts(index, score: score)
      best.offer(index, index: index, score: score)
      #expect(foretold == best.entries.contains { $0.index == index })
    }
    #expect(best.entries.map(\.index) == [4, 0])
  }
}

private struct Steps: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state ^ state >> 29
  }
}
