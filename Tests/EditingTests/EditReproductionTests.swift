import Compute
import Diffusion
import Dispatch
import Imaging
import Synchronization
import Testing

@testable import Editing

/// The same request gives the same bytes, whoever computes it and what else is going on.
@Suite struct EditReproductionTests {
  private func request(seed: UInt32 = 5, count: Int = 1) -> EditRequest {
    let hole = Hole(width: 100, height: 80, boxes: [(30, 20, 40, 35)])
    var request = Fixture.request(
      image: Scene.png(width: 100, height: 80), mask: hole.png, seed: seed)
    request.count = count
    request.guidanceScale = 3
    return request
  }

  private func bytes(_ request: EditRequest) throws -> [[UInt8]] {
    try Fixture.editor().edit(request).candidates.map(\.bytes)
  }

  @Test func `candidate k is the edit with seed + k`() throws {
    let three = try Fixture.editor().edit(request(seed: 41, count: 3)).candidates
    #expect(three.map(\.index) == [0, 1, 2])
    for (index, candidate) in three.enumerated() {
      let alone = try Fixture.editor().edit(request(seed: 41 + UInt32(index))).candidates[0]
      #expect(candidate.bytes == alone.bytes && candidate.seed == alone.seed)
      #expect(candidate.receipt == alone.receipt)
    }
    #expect(three[0].bytes != three[1].bytes && three[1].bytes != three[2].bytes)
  }

  @Test func `seeds begin again after the last`() throws {
    let wrapped = try Fixture.editor().edit(request(seed: .max, count: 2)).candidates
    #expect(wrapped.map(\.seed) == [.max, 0])
    #expect(try wrapped[1].bytes == bytes(request(seed: 0))[0])
  }

  @Test func `one, two and three threads give the same bytes`() throws {
    let expected = try bytes(request())
    for threads in 1...3 {
      let found = try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
        try bytes(request())
      }
      #expect(found == expected, "\(threads) threads")
    }
  }

  @Test func `edits at the same time do not disturb each other`() throws {
    let expected = try (0..<4).map { try bytes(request(seed: UInt32($0))) }
    let found = Mutex<[Int: [[UInt8]]]>([:])
    DispatchQueue.concurrentPerform(iterations: 4) { index in
      let made = ThreadTeam.$current.withValue(ThreadTeam(threads: 1 + index % 2)) {
        try? bytes(request(seed: UInt32(index)))
      }
      found.withLock { $0[index] = made }
    }
    let all = found.withLock { $0 }
    for index in 0..<4 { #expect(all[index] == expected[index]) }
  }

  @Test(arguments: [false, true])
  func `no step after the first asks the system for memory`(blends: Bool) throws {
    let model = try blends ? Fixture.secondModel() : Fixture.model()
    for sampler in SamplerKind.allCases {
      let pool = BufferPool()
      var allocations: [Int] = []
      var request = request(count: 3)
      request.sampler = sampler
      request.steps = 8
      try BufferPool.$current.withValue(pool) {
        _ = try Editor(model: model, build: "test").edit(request) { event in
          if case .step = event { allocations.append(pool.freshAllocations) }
        }
      }
      // PNDM asks the model once more than it has steps.
      let steps = allocations.count / 3
      try #require(steps >= 8 && allocations.count == 3 * steps && allocations[0] > 0)
      #expect(Set(allocations[..<steps]).count == 1, "\(sampler.rawValue): \(allocations)")
      // Between the candidates the first picture is decoded; after that everything is there.
      #expect(Set(allocations[steps...]).count == 1, "\(sampler.rawValue): \(allocations)")
    }
  }
}
