import CKernels
import Compute
import Tensors

/// How one convolution is cut into products of patches with the kernel; a function of one sample's
/// shape alone.
struct ConvolutionPlan {
  let input: Shape
  let output: Shape
  /// Values that one output pixel sees.
  let depth: Int
  private let kernelHeight: Int
  private let kernelWidth: Int
  private let stride: Int
  private let padding: Padding

  init(input: Shape, kernel: Shape, stride: Int, padding: Padding) {
    self.input = input
    self.stride = stride
    self.padding = padding
    (kernelHeight, kernelWidth) = (kernel[1], kernel[2])
    depth = kernel[1] * kernel[2] * kernel[3]
    let height = (input[1] + padding.top + padding.bottom - kernel[1]) / stride + 1
    let width = (input[2] + padding.left + padding.right - kernel[2]) / stride + 1
    output = [input[0], max(0, height), max(0, width), kernel[0]]
  }

  /// A 1x1 kernel sees the pixels themselves: no patches are needed.
  var isPointwise: Bool {
    kernelHeight == 1 && kernelWidth == 1 && stride == 1 && padding == .none
  }

  /// Output pixels of a sample.
  private var rows: Int { output[1] * output[2] }
  private var outChannels: Int { output[3] }

  /// Large pictures go block of rows by block of rows, each with its patches in the cache; of small
  /// ones the patches are laid out once and the output channels are divided instead.
  var isBlocked: Bool { rows > 512 }

  private var blockRows: Int {
    let fitting = 524_288 / max(depth, 1) / 16 * 16
    return min(max(fitting, 128), 1_024, rows)
  }

  func runBlocks(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ ending: Ending
  ) {
    let team = ThreadTeam.current
    let blockRows = blockRows
    let blocks = (rows + blockRows - 1) / blockRows
    BufferPool.current.withBuffer(team.threads * blockRows * depth) { scratch in
      team.forEach(input[0] * blocks) { index, thread in
        let (sample, block) = index.quotientAndRemainder(dividingBy: blocks)
        let first = block * blockRows
        let count = min(blockRows, rows - first)
        let patches = scratch + thread * blockRows * depth
        fill(patches, x, sample: sample, first: first, count: count)
        let target = out + (sample * rows + first) * outChannels
        BLAS.sgemm(
          .no, .yes, m: count, n: outChannels, k: depth, patches, lda: depth, weights, ldb: depth,
          target, ldc: outChannels)
        ending.apply(target, outChannels, count, column: 0, outChannels)
      }
    }
  }

  /// Several samples share a loop, so that narrow layers too have work for every thread.
  func runSamples(
    _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ ending: Ending
  ) {
    let samples = samplesAtOnce
    BufferPool.current.withBuffer(samples * rows * depth) { patches in
      for first in Swift.stride(from: 0, to: input[0], by: samples) {
        let group = first..<min(first + samples, input[0])
        multiply(group, x, weights, out + first * rows * outChannels, ending, patches)
      }
    }
  }

  /// As many as fit into 64 MiB of patches; how samples are grouped changes no bit of a result.
  private var samplesAtOnce: Int { min(input[0], max(1, 1 << 24 / max(rows * depth, 1))) }

  private func multiply(
    _ samples: Range<Int>, _ x: UnsafePointer<Float>, _ weights: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ ending: Ending, _ patches: UnsafeMutablePointer<Float>
  ) {
    let team = ThreadTeam.current
    team.forEachRange(samples.count * rows, of: min(rows, 64)) { range in
      var row = range.lowerBound
      while row < range.upperBound {
        let (sample, first) = row.quotientAndRemainder(dividingBy: rows)
        let count = min(rows - first, range.upperBound - row)
        fill(
          patches + row * depth, x, sample: samples.lowerBound + sample, first: first,
          count: count)
        row += count
      }
    }
    TiledProduct(rows: rows, columns: outChannels, depth: depth).run(
      samples: samples.count,
      .init(patches, rowDistance: depth, sampleDistance: rows * depth),
      .init(weights, rowDistance: depth, sampleDistance: 0, isTransposed: true),
      into: out, on: team
    ) { tile, start, distance in
      ending.apply(start, distance, tile.rows, column: tile.column, tile.columns)
    }
  }

  private func fill(
    _ patches: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, sample: Int, first: Int,
    count: Int
  ) {
    let picture = x + sample * input[1] * input[2] * input[3]
    ck_patches(
      picture, input[1], input[2], input[3], kernelHeight, kernelWidth, stride, padding.top,
      padding.left, output[2], first, count, patches)
  }
}
