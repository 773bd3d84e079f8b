import CKernels
import Compute
import Foundation
import Testing

/// Packed products of every set that this CPU has, against their plain twins in double precision.
@Suite struct PackedProductTests {
  static let sets = KernelSet.allCases.filter(\.isAvailable)

  private func table(_ set: KernelSet) throws -> ck_kernels { try #require(set.table).pointee }

  @Test(arguments: sets) func `panels multiply rows of any number and width`(set: KernelSet) throws
  {
    let kernels = try table(set)
    let width = kernels.panel_columns
    for rows in [1, 2, 3, 5, 6, 7, 11, 12, 13, 25, 31] {
      for columns in Set([1, width / 2 - 1, width / 2, width / 2 + 1, width - 1, width]) {
        let depth = 17 + rows
        let (lda, ldc) = (depth + 3, width + 5)
        let (a, b) = (noise(rows * lda, 1), noise(columns * depth, 2))
        let before = noise(rows * ldc, 3)
        var panel = [Float](repeating: .nan, count: depth * width)
        kernels.pack_panel(b, 1, depth, columns, depth, &panel)
        for accumulates in [false, true] {
          var got = before
          kernels.panel_product(
            a, lda, panel, &got, ldc, rows, columns, depth, accumulates ? 1 : 0)
          for row in 0..<rows {
            for column in 0..<ldc {
              let at = row * ldc + column
              guard column < columns else {
                #expect(got[at] == before[at], "columns beyond the product stay as they were")
                continue
              }
              let wanted = (0..<depth).reduce(accumulates ? Double(before[at]) : 0) {
                $0 + Double(a[row * lda + $1]) * Double(b[column * depth + $1])
              }
              #expect(abs(Double(got[at]) - wanted) < 1e-5, "\(rows)x\(columns)x\(depth)")
            }
          }
        }
      }
    }
  }

  @Test func `a value's bits depend on no tile`() {
    let (rows, columns, depth) = (401, 135, 700)
    let (a, b) = (noise(rows * depth, 1), noise(columns * depth, 2))
    let matrix = b.withUnsafeBufferPointer {
      PackedMatrix(
        .init($0.baseAddress!, depthDistance: 1, columnDistance: depth), depth: depth,
        columns: columns)
    }
    func product(_ range: Range<Int>) -> [Float] {
      filled(range.count * columns) { out in
        a.withUnsafeBufferPointer {
          PackedProduct(rows: range.count, matrix: matrix).run(
            $0.baseAddress! + range.lowerBound * depth, distance: depth, into: out,
            outDistance: columns)
        }
      }
    }
    let whole = product(0..<rows)
    for range in [0..<1, 5..<8, 100..<301] {
      #expect(
        product(range)
          == Array(whole[range.lowerBound * columns..<range.upperBound * columns]))
    }
    let worst = (0..<rows * columns).map { at in
      let (row, column) = (at / columns, at % columns)
      let wanted = (0..<depth).reduce(0.0) {
        $0 + Double(a[row * depth + $1]) * Double(b[column * depth + $1])
      }
      return abs(Double(whole[at]) - wanted)
    }.max()
    #expect(worst ?? 1 < 1e-4)
  }

  /// Rounding errors that a storage may make, as a share of the largest value of a column.
  static let storages: [(WeightStorage, Float)] = [
    (.float32, 0), (.float16, 0x1p-11), (.bfloat16, 0x1p-8), (.int8, 0.5 / 127),
  ]

  @Test(arguments: storages) func `what is packed comes back, rounded`(
    storage: WeightStorage, tolerance: Float
  ) {
    let (columns, depth) = (77, 45)
    let values = noise(columns * depth, 4)
    let matrix = values.withUnsafeBufferPointer {
      PackedMatrix(
        .init($0.baseAddress!, depthDistance: 1, columnDistance: depth), depth: depth,
        columns: columns, storage: storage)
    }
    let got = filled(columns * depth) { matrix.unpack(into: $0) }
    for column in 0..<columns {
      let range = column * depth..<(column + 1) * depth
      let largest = values[range].map(abs).max() ?? 0
      for at in range { #expect(abs(got[at] - values[at]) <= tolerance * largest * 1.0001) }
    }
    let panels = (columns + PackedMatrix.panelColumns - 1) / PackedMatrix.panelColumns
    let stored = panels * PackedMatrix.panelColumns * depth * storage.bytesPerValue
    #expect(matrix.bytes >= stored && matrix.bytes <= stored + 4 * 4_096)
  }

  @Test(arguments: sets) func `winograd's transforms make a 3x3 convolution`(set: KernelSet) throws
  {
    let kernels = try table(set)
    let width = kernels.panel_columns
    let (height, across, channels, outputs) = (7, 5, 19, width - 3)
    let padded = (channels + 15) / 16 * 16
    let x = noise(height * across * channels, 5)
    let weights = noise(outputs * 9 * channels, 6)
    var taps = [Float](repeating: 0, count: 9 * channels * width)
    kernels.pack_panel(weights, 1, 9 * channels, outputs, 9 * channels, &taps)
    let transformed = filled(36 * channels * width) {
      kernels.winograd_weights(taps, channels * width, channels, $0, channels * width)
    }
    let (bias, residual) = (noise(outputs, 7), noise(height * across * outputs, 8))
    var out = [Float](repeating: .nan, count: height * across * outputs)
    for (top, left) in [(0, 0), (0, 4), (4, 0), (4, 4)] {
      let input = filled(36 * padded) {
        kernels.winograd_input(
          x, height, across, channels, top - 1, left - 1, channels, $0, padded)
      }
      var sums = [Float](repeating: 0, count: 36 * width)
      for f in 0..<36 {
        let row = Array(input[f * padded..<(f + 1) * padded])
        let panel = Array(transformed[f * channels * width..<(f + 1) * channels * width])
        let product = filled(width) {
          kernels.panel_product(row, padded, panel, $0, width, 1, width, channels, 0)
        }
        sums.replaceSubrange(f * width..<(f + 1) * width, with: product)
      }
      let place = (top * across + left) * outputs
      out.withUnsafeMutableBufferPointer { out in
        residual.withUnsafeBufferPointer { residual in
          kernels.winograd_output(
            sums, width, out.baseAddress! + place, across * outputs, outputs,
            min(4, height - top), min(4, across - left), outputs, bias, 0,
            residual.baseAddress! + place)
        }
      }
    }
    for at in out.indices {
      let (pixel, output) = (at / outputs, at % outputs)
      var wanted = Double(bias[output]) + Double(residual[at])
      for tap in 0..<9 {
        let (row, column) = (pixel / across + tap / 3 - 1, pixel % across + tap % 3 - 1)
        guard row >= 0, row < height, column >= 0, column < across else { continue }
        for channel in 0..<channels {
          wanted +=
            Double(x[(row * across + column) * channels + channel])
            * Double(weights[(output * 9 + tap) * channels + channel])
        }
      }
      #expect(abs(Double(out[at]) - wanted) < 2e-5, "pixel \(pixel), channel \(output)")
    }
  }
}
