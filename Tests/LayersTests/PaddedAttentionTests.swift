import Compute
import Layers
import Tensors
import Testing

/// Attention whose samples have keys of different lengths: what stands behind a sample's last key
/// is as if it were not there, to the bit.
@Suite struct PaddedAttentionTests {
  private static let lengths = [519, 1, 512, 600, 33]
  private let heads = 2

  private func noise(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var generator = TorchGenerator(seed: seed)
    return generator.normal(shape: shape)
  }

  private func same(_ a: Tensor, _ b: Tensor) -> Bool {
    a.shape == b.shape && a.values.map(\.bitPattern) == b.values.map(\.bitPattern)
  }

  /// The same values, with numbers that spoil all they touch behind each sample's length.
  private func spoilt(_ x: Tensor) -> Tensor {
    var x = x
    let row = x.shape[1] * x.shape[2]
    x.withUnsafeMutableBufferPointer { values in
      for (sample, length) in Self.lengths.enumerated() {
        for at in sample * row + length * 8..<(sample + 1) * row { values[at] = .nan }
      }
    }
    return x
  }

  private func operands() -> (query: Tensor, key: Tensor, value: Tensor) {
    let count = Self.lengths.count
    return (
      noise([count, 70, 8], 1), spoilt(noise([count, 600, 8], 2)),
      spoilt(noise([count, 600, 8], 3))
    )
  }

  /// Result and gradients of query, key and value, for a flow of noise.
  private func run(
    _ query: Tensor, _ key: Tensor, _ value: Tensor, _ lengths: [Int]?, flow: Tensor
  ) throws -> [Tensor] {
    let leaves = [query, key, value].map { $0.watched() }
    let result = attention(
      query: leaves[0], key: leaves[1], value: leaves[2], heads: heads, keyLengths: lengths)
    return [result.detached] + (try result.pulledBack(flow, to: leaves))
  }

  @Test(arguments: [1, 2]) func `padding changes no bit of a result or a gradient`(
    threads: Int
  ) throws {
    let (query, key, value) = operands()
    let flow = noise(query.shape, 4)
    try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
      let together = try run(query, key, value, Self.lengths, flow: flow)
      for (sample, length) in Self.lengths.enumerated() {
        func part(_ x: Tensor) -> Tensor { x.slice(sample..<sample + 1, axis: 0) }
        func real(_ x: Tensor) -> Tensor { part(x).slice(0..<length, axis: 1) }
        let alone = try run(part(query), real(key), real(value), nil, flow: part(flow))
        #expect(same(part(together[0]), alone[0]), "result of \(length)")
        #expect(same(part(together[1]), alone[1]), "queries of \(length)")
        #expect(relativeSize(real(together[2]), alone[2]) < 1e-6, "keys of \(length)")
        #expect(relativeSize(real(together[3]), alone[3]) < 1e-6, "values of \(length)")
        for gradient in together[2...] {
          #expect(part(gradient).slice(length..<600, axis: 1).values.allSatisfy { $0 == 0 })
        }
      }
    }
  }

  /// The largest difference beside the largest value; products of other sizes may round otherwise.
  private func relativeSize(_ a: Tensor, _ b: Tensor) -> Float {
    let difference = zip(a.values, b.values).map { abs($0 - $1) }.max() ?? 0
    return difference / max(b.values.map(abs).max() ?? 0, 1e-30)
  }

  @Test func `full lengths change nothing`() {
    let (query, key, value) = (noise([2, 9, 8], 1), noise([2, 30, 8], 2), noise([2, 30, 8], 3))
    let plain = attention(query: query, key: key, value: value, heads: heads)
    let whole = attention(
      query: query, key: key, value: value, heads: heads, keyLengths: [30, 30])
    let shorter = attention(
      query: query, key: key, value: value, heads: heads, keyLengths: [30, 29])
    #expect(same(whole, plain))
    #expect(!same(shorter, plain))
  }
}
