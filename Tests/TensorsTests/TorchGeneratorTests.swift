import Foundation
import Goldens
import Tensors
import Testing

/// Against golden values of torch 2.13 (Scripts/fixtures/random_numbers.py).
@Suite struct TorchGeneratorTests {
  static let seeds: [UInt64] = [0, 42, 1 << 32 - 1]
  private let goldens: Goldens

  init() throws { goldens = try Goldens("random", in: .module) }

  private func close(_ a: Tensor, _ b: Tensor) -> Bool {
    a.shape == b.shape && zip(a.values, b.values).allSatisfy { abs($0 - $1) <= 2e-6 }
  }

  @Test(arguments: seeds) func `uniforms are torch's to the bit`(seed: UInt64) throws {
    var generator = TorchGenerator(seed: seed)
    let wanted = try goldens.tensor("uniform/\(seed)").values
    let drawn = generator.uniform(count: wanted.count)
    #expect(zip(drawn, wanted).allSatisfy { $0 == $1 })
  }

  @Test(arguments: seeds) func `normals of every size are torch's`(seed: UInt64) throws {
    for size in [1, 3, 15, 16, 17, 31, 100, 4_101] {
      var generator = TorchGenerator(seed: seed)
      let wanted = try goldens.tensor("normal/\(seed)/\(size)")
      #expect(close(generator.normal(shape: [size]), wanted), "size \(size)")
    }
  }

  @Test(arguments: seeds) func `consecutive calls share one stream`(seed: UInt64) throws {
    var generator = TorchGenerator(seed: seed)
    for (call, size) in [3, 16, 2, -5, 17, 1, 40, -16, 1, 33].enumerated() {
      let wanted = try goldens.tensor("mixed/\(seed)/\(call)/\(size)")
      if size > 0 {
        #expect(close(generator.normal(shape: [size]), wanted), "call \(call)")
      } else {
        let drawn = generator.uniform(count: -size)
        #expect(zip(drawn, wanted.values).allSatisfy { $0 == $1 }, "call \(call)")
      }
    }
  }

  @Test func `only the low 32 bits of a seed count`() throws {
    var generator = TorchGenerator(seed: 1 << 32 + 42)
    #expect(close(generator.normal(shape: [32]), try goldens.tensor("wide/4294967338")))
  }

  @Test func `pictures are drawn channels first`() throws {
    var generator = TorchGenerator(seed: 7)
    let drawn = generator.normal(shape: [2, 4, 5, 3])
    let wanted = try goldens.tensor("picture/7")
    #expect(close(drawn, wanted))
    let permuted = drawn.nchwToNHWC()
    #expect(permuted.shape == [2, 5, 3, 4])
    let at = { (b: Int, c: Int, y: Int, x: Int) in
      (permuted.values[((b * 5 + y) * 3 + x) * 4 + c], drawn.values[((b * 4 + c) * 5 + y) * 3 + x])
    }
    for (b, c, y, x) in [(0, 1, 2, 0), (1, 3, 4, 2), (1, 0, 0, 1)] {
      let (a, b) = at(b, c, y, x)
      #expect(a == b)
    }
    #expect(permuted.nhwcToNCHW().values == drawn.values)
  }
}
