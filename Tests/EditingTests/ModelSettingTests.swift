import Compute
import Tensors
import Testing

@testable import Editing

/// What `byteedit.json` says about how the networks are used.
@Suite struct ModelSettingTests {
  private func peak(_ work: () throws -> Tensor) rethrows -> (result: Tensor, bytes: Int) {
    let pool = BufferPool()
    let result = try BufferPool.$current.withValue(pool) { try work() }
    return (result, pool.statistics.peakBytesInUse)
  }

  @Test func `above a size the autoencoder saves memory`() throws {
    let never = try Fixture.secondModel().pipeline
    let always = try Fixture.secondModel(settings: #"{"tiles_above": 65535}"#).pipeline
    var generator = TorchGenerator(seed: 1)
    let large = generator.normal(shape: [1, 40, 32, 4])
    let (whole, striped) = try (peak { try never.decode(large) }, peak { try always.decode(large) })
    #expect(striped.bytes * 2 < whole.bytes)
    let difference = zip(whole.result.values, striped.result.values).map { abs($0 - $1) }.max()
    #expect((difference ?? 1) < 1e-5)
    let small = large.slice(0..<31, axis: 1)
    #expect(try peak { try never.decode(small) }.bytes == peak { try always.decode(small) }.bytes)
  }

  @Test func `more layers than there are cannot be skipped`() throws {
    let error = #expect(throws: EditError.self) {
      try Fixture.secondModel(settings: #"{"clip_skip": 3}"#)
    }
    #expect(error?.description.contains("clip_skip") == true)
  }
}
