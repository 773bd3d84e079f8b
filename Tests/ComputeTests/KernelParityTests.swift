import CKernels
import Compute
import Foundation
import Testing

/// Each kernel of every set that this CPU has, against its plain twin in double precision.
@Suite struct KernelParityTests {
  static let sets = KernelSet.allCases.filter(\.isAvailable)
  static let lengths = [1, 2, 3, 7, 8, 15, 16, 17, 31, 33, 64, 100, 257, 1_031]

  private func table(_ set: KernelSet) throws -> ck_kernels { try #require(set.table).pointee }

  private func expect(
    _ got: [Float], _ wanted: [Double], within tolerance: Double = 2e-6, _ what: String
  ) {
    let pairs = zip(got, wanted)
    let worst = pairs.map { abs(Double($0) - $1) / max(abs($1), 1e-2) }.max() ?? 0
    #expect(worst <= tolerance && got.allSatisfy(\.isFinite), "\(what): \(worst)")
    #expect(got.count == wanted.count)
  }

  @Test(arguments: sets) func `sums and products of two rows`(set: KernelSet) throws {
    let kernels = try table(set)
    for n in Self.lengths {
      let (a, b) = (noise(n, 1), noise(n, 2).map { $0 + ($0 < 0 ? -1 : 1) })
      expect(
        filled(n) { kernels.add(a, b, $0, n) }, zip(a, b).map { Double($0) + Double($1) }, "add")
      expect(
        filled(n) { kernels.subtract(a, b, $0, n) }, zip(a, b).map { Double($0) - Double($1) },
        within: 1e-5, "subtract")
      expect(
        filled(n) { kernels.multiply(a, b, $0, n) }, zip(a, b).map { Double($0) * Double($1) },
        "multiply")
      expect(
        filled(n) { kernels.divide(a, b, $0, n) }, zip(a, b).map { Double($0) / Double($1) },
        "divide")
      expect(
        filled(n) { kernels.scaled_add(a, 0.5, b, -3, $0, n) },
        zip(a, b).map { 0.5 * Double($0) - 3 * Double($1) }, within: 3e-5, "scaled add")
      expect(
        filled(n) { kernels.affine(a, 1.5, -2, $0, n) }, a.map { 1.5 * Double($0) - 2 },
        within: 3e-5, "affine")
    }
  }

  @Test(arguments: sets) func `activations over their whole range`(set: KernelSet) throws {
    let kernels = try table(set)
    for n in Self.lengths + [20_001] {
      // Not zero itself, where a rectifier has no slope.
      let x = (0..<n).map { Float($0) / Float(max(n - 1, 1)) * 30 - 14.99 }
      for (code, twin) in Twin.activations {
        expect(
          filled(n) { kernels.activate(code, x, $0, n) }, x.map { twin(Double($0)) }, "\(code)")
        let slopes = x.map { v in (twin(Double(v) + 1e-5) - twin(Double(v) - 1e-5)) / 2e-5 }
        let ones = [Float](repeating: 1, count: n)
        expect(
          filled(n) { kernels.activate_gradient(code, x, ones, $0, n) }, slopes, within: 1e-5,
          "slope \(code)")
      }
    }
  }

  @Test(arguments: sets) func `exponentials reach from zero to the largest float`(set: KernelSet)
    throws
  {
    let kernels = try table(set)
    let x = stride(from: Float(-87.2), through: 88.3, by: 0.01).map { $0 }
    let got = filled(x.count) { kernels.exponential(x, $0, x.count) }
    let worst = zip(got, x).map { abs(Double($0) / exp(Double($1)) - 1) }.max() ?? 1
    #expect(worst < 3e-7)
    let small: [Float] = [-88, -1_000, -.infinity]
    #expect(filled(3) { kernels.exponential(small, $0, 3) } == [0, 0, 0])
  }

  @Test(arguments: sets) func `an epilogue adds bias before and residual after`(set: KernelSet)
    throws
  {
    let kernels = try table(set)
    for width in Self.lengths {
      let (rows, ld) = (3, width + 5)
      let (x, bias, residual) = (noise(rows * ld, 3), noise(width, 4), noise(rows * ld, 5))
      for (code, twin) in Twin.activations {
        var got = x
        kernels.epilogue(&got, ld, rows, width, bias, code, residual, ld)
        var wanted = x.map { Double($0) }
        for row in 0..<rows {
          for i in 0..<width {
            let at = row * ld + i
            wanted[at] = twin(Double(x[at]) + Double(bias[i])) + Double(residual[at])
          }
        }
        expect(got, wanted, within: 3e-5, "epilogue \(code) \(width)")
      }
      var untouched = x
      kernels.epilogue(&untouched, ld, rows, width, nil, 0, nil, 0)
      #expect(untouched == x)
    }
  }

  @Test(arguments: sets) func `gated units multiply halves`(set: KernelSet) throws {
    let kernels = try table(set)
    for width in Self.lengths {
      let x = noise(2 * 2 * width, 6)
      let wanted = (0..<2 * width).map { i in
        let (row, column) = (i / width, i % width)
        return Double(x[row * 2 * width + column])
          * Twin.gelu(Double(x[row * 2 * width + width + column]))
      }
      expect(filled(2 * width) { kernels.geglu(x, $0, 2, width) }, wanted, "geglu")
    }
  }

  @Test(arguments: sets) func `reductions keep double precision`(set: KernelSet) throws {
    let kernels = try table(set)
    for n in Self.lengths + [100_003] {
      let (a, b) = (noise(n, 7).map { $0 + 10 }, noise(n, 8).map { $0 + 2 })
      let sum = a.reduce(0.0) { $0 + Double($1) }
      #expect(abs(kernels.sum(a, n) / sum - 1) < 1e-6)
      let squares = a.reduce(0.0) { $0 + pow(Double($1) - 10, 2) }
      #expect(abs(kernels.squared_deviation(a, 10, n) - squares) <= 1e-6 * squares)
      let dot = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(abs(kernels.dot(a, b, n) / dot - 1) < 1e-6)
    }
  }

  @Test(arguments: sets) func `matrix times vector`(set: KernelSet) throws {
    let kernels = try table(set)
    for width in Self.lengths {
      let (rows, ld) = (5, width + 3)
      let (matrix, vector, bias) = (noise(rows * ld, 9), noise(width, 10), noise(rows, 11))
      let wanted = (0..<rows).map { row in
        (0..<width).reduce(Double(bias[row])) {
          $0 + Double(matrix[row * ld + $1]) * Double(vector[$1])
        }
      }
      let got = filled(rows) { kernels.matrix_vector(matrix, ld, rows, width, vector, bias, $0) }
      expect(got, wanted, within: 1e-4, "matrix vector \(width)")
    }
  }
}
