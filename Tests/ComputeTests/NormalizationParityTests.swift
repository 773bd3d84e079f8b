import CKernels
import Compute
import Foundation
import Testing

/// Normalisations, softmax and conversions of every set against their plain twins.
@Suite struct NormalizationParityTests {
  static let sets = KernelParityTests.sets

  private func table(_ set: KernelSet) throws -> ck_kernels { try #require(set.table).pointee }

  private func distance(_ got: [Float], _ wanted: [Double]) -> Double {
    zip(got, wanted).map { abs(Double($0) - $1) }.max() ?? .infinity
  }

  @Test(arguments: sets) func `layer normalization`(set: KernelSet) throws {
    let kernels = try table(set)
    for width in KernelParityTests.lengths where width > 1 {
      let x = noise(3 * width, 1).map { 4 * $0 + 7 }
      let (scale, bias) = (noise(width, 2), noise(width, 3))
      let wanted = (0..<3).flatMap { row in
        Twin.normalized(Array(x[row * width..<(row + 1) * width]), epsilon: 1e-5).enumerated().map {
          $1 * Double(scale[$0]) + Double(bias[$0])
        }
      }
      let got = filled(3 * width) { kernels.layer_norm(x, $0, 3, width, scale, bias, 1e-5) }
      #expect(distance(got, wanted) < 1e-5, "width \(width)")
    }
  }

  @Test(arguments: sets) func `moments of groups, far from zero too`(set: KernelSet) throws {
    let kernels = try table(set)
    for (rows, channels, groups) in [(1, 6, 3), (5, 15, 5), (37, 64, 8), (64, 33, 1)] {
      let x = noise(rows * channels, 4).map { $0 + 100 }
      var (means, deviations) = (
        [Double](repeating: 0, count: groups), [Double](repeating: 0, count: groups)
      )
      var scratch = [Float](repeating: 0, count: 2 * channels)
      kernels.group_moments(x, rows, channels, groups, &means, &deviations, &scratch)
      for group in 0..<groups {
        let width = channels / groups
        let values = x.enumerated().filter { $0.offset % channels / width == group }
          .map { Double($0.element) }
        let mean = values.reduce(0, +) / Double(values.count)
        let deviation = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        #expect(abs(means[group] - mean) < 1e-5)
        #expect(abs(deviations[group] - deviation) < 1e-5 * deviation + 1e-6)
      }
    }
  }

  @Test(arguments: sets) func `scale and offset per channel`(set: KernelSet) throws {
    let kernels = try table(set)
    for channels in KernelParityTests.lengths {
      let (x, scale, offset) = (noise(2 * channels, 5), noise(channels, 6), noise(channels, 7))
      for (code, twin) in Twin.activations {
        let got = filled(2 * channels) {
          kernels.channel_affine(x, $0, 2, channels, scale, offset, code)
        }
        let wanted = x.enumerated().map { i, v in
          twin(Double(v) * Double(scale[i % channels]) + Double(offset[i % channels]))
        }
        #expect(distance(got, wanted) < 1e-5)
      }
    }
  }

  @Test(arguments: sets) func `softmax of peaked rows`(set: KernelSet) throws {
    let kernels = try table(set)
    for width in KernelParityTests.lengths {
      let x = noise(2 * width, 8).map { 20 * $0 }
      let wanted = (0..<2).flatMap { Twin.softmax(Array(x[$0 * width..<($0 + 1) * width])) }
      let got = filled(2 * width) { kernels.softmax(x, $0, 2, width) }
      #expect(distance(got, wanted) < 2e-6, "width \(width)")
    }
  }

  /// Blocks of scores through the online softmax give the softmax of the whole row.
  @Test(arguments: sets) func `online softmax in steps`(set: KernelSet) throws {
    let kernels = try table(set)
    let (rows, width, block) = (3, 103, 40)
    let x = noise(rows * width, 9).map { 10 * $0 }
    for visible in [width, 7, 60] {
      var (maximum, total) = (
        [Float](repeating: -.infinity, count: rows), [Float](repeating: 0, count: rows)
      )
      var correction = [Float](repeating: 0, count: rows)
      var gathered = [Float](repeating: 0, count: rows * width)
      for start in stride(from: 0, to: width, by: block) {
        let count = min(block, width - start)
        var scores = (0..<rows).flatMap { row in
          (0..<block).map { $0 < count ? x[row * width + start + $0] : .nan }
        }
        let ahead = visible == width ? count : visible - start
        kernels.softmax_step(
          &scores, block, rows, count, 0.7, ahead, &maximum, &total, &correction)
        kernels.scale_rows(&gathered, width, rows, start, correction)
        for row in 0..<rows {
          for i in 0..<count { gathered[row * width + start + i] = scores[row * block + i] }
        }
      }
      for row in 0..<rows {
        let seen = min(width, visible == width ? width : visible + row)
        let wanted = Twin.softmax(x[row * width..<row * width + seen].map { $0 * 0.7 })
        let got = gathered[row * width..<(row + 1) * width].map { $0 / total[row] }
        #expect(distance(got, wanted + [Double](repeating: 0, count: width - seen)) < 2e-6)
      }
    }
  }

  @Test(arguments: sets) func `half precision both ways`(set: KernelSet) throws {
    let kernels = try table(set)
    let halves = (0...UInt16.max).filter { $0 & 0x7c00 != 0x7c00 || $0 & 0x3ff == 0 }
    let floats = filled(halves.count) { kernels.half_to_float(halves, $0, halves.count) }
    #expect(zip(halves, floats).allSatisfy { Twin.half($0) == Double($1) })
    let back = Twin.converted(floats, kernels.float_to_half)
    #expect(zip(back, halves).allSatisfy { $0 == $1 })
    let edges: [Float] = [65_519, 65_520, -1e9, 5.96e-8, 2.9e-8, 1.000_488_3, 1.001_464_9]
    #expect(
      Twin.converted(edges, kernels.float_to_half)
        == [0x7bff, 0x7c00, 0xfc00, 0x0001, 0x0000, 0x3c00, 0x3c02])
  }

  @Test(arguments: sets) func `bfloat16 both ways`(set: KernelSet) throws {
    let kernels = try table(set)
    let bits = (0...UInt16.max).filter { $0 & 0x7f80 != 0x7f80 }
    let floats = filled(bits.count) { kernels.bfloat_to_float(bits, $0, bits.count) }
    #expect(zip(bits, floats).allSatisfy { UInt32($0) << 16 == $1.bitPattern })
    let back = Twin.converted(floats, kernels.float_to_bfloat)
    #expect(zip(back, bits).allSatisfy { $0 == $1 })
    let halfway = [Float(bitPattern: 0x3f80_8000), Float(bitPattern: 0x3f81_8000)]
    #expect(Twin.converted(halfway, kernels.float_to_bfloat) == [0x3f80, 0x3f82])
  }
}
