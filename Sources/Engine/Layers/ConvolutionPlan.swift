import CKernels
import Compute
import Tensors

/// How one convolution is cut into products of patches with the packed kernel; a function of shapes
/// alone.
struct ConvolutionPlan {
  let input: Shape
  let output: Shape
  /// Values that one output pixel sees.
  let depth: Int
  let padding: Padding
  private let kernelHeight: Int
  private let kernelWidth: Int
  private let stride: Int

  /// - Parameter kernel: `[out, height, width, in]`.
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

  /// Whether Winograd's algorithm pays: with few channels or a handful of pixels its transforms cost
  /// more than the multiplications that they save.
  var isWinograd: Bool {
    kernelHeight == 3 && kernelWidth == 3 && stride == 1 && input[3] >= 16
      && output[1] * output[2] >= 49
  }

  /// Output pixels of a sample.
  private var rows: Int { output[1] * output[2] }

  /// Pixels whose patches are laid out at a time, in a quarter of a MiB or so.
  private var blockRows: Int {
    let fitting = 65_536 / max(depth, 1) / 12 * 12
    return min(max(fitting, 48), 192)
  }

  /// Large pictures go block of pixels by block of pixels, each multiplied while its patches are in
  /// the cache; of small ones the patches are laid out first and the channels are divided as well.
  func run(
    _ x: UnsafePointer<Float>, _ matrix: PackedMatrix, _ out: UnsafeMutablePointer<Float>,
    _ ending: Ending
  ) {
    if input[0] * rows >= 16 * blockRows {
      runBlocks(x, matrix, out, ending)
    } else {
      runPatches(x, matrix, out, ending)
    }
  }

  private func runBlocks(
    _ x: UnsafePointer<Float>, _ matrix: PackedMatrix, _ out: UnsafeMutablePointer<Float>,
    _ ending: Ending
  ) {
    let (team, blockRows, total) = (ThreadTeam.current, blockRows, input[0] * rows)
    let scratchSize = blockRows * depth + PackedProduct.scratchSize
    BufferPool.current.withBuffer(team.threads * scratchSize) { scratch in
      team.forEach((total + blockRows - 1) / blockRows) { block, thread in
        let range = block * blockRows..<min(total, (block + 1) * blockRows)
        let patches = scratch + thread * scratchSize
        layOut(range, of: x, into: patches)
        let target = out + range.lowerBound * matrix.columns
        PackedProduct.multiply(
          patches, depth, rows: range.count, matrix, 0..<matrix.panels, into: target,
          matrix.columns, patches + blockRows * depth)
        ending.apply(target, matrix.columns, range.count, column: 0, matrix.columns)
      }
    }
  }

  private func runPatches(
    _ x: UnsafePointer<Float>, _ matrix: PackedMatrix, _ out: UnsafeMutablePointer<Float>,
    _ ending: Ending
  ) {
    let (team, total, columns) = (ThreadTeam.current, input[0] * rows, matrix.columns)
    BufferPool.current.withBuffer(total * depth) { patches in
      team.forEachRange(total, of: 16) { range in
        layOut(range, of: x, into: patches + range.lowerBound * depth)
      }
      PackedProduct(rows: total, matrix: matrix).run(
        patches, distance: depth, into: out, outDistance: columns
      ) { tile in
        let (row, column) = (tile.rows.lowerBound, tile.columns.lowerBound)
        ending.apply(
          out + row * columns + column, columns, tile.rows.count, column: column,
          tile.columns.count)
      }
    }
  }

  /// The patches of consecutive pixels of the batch, one row each.
  private func layOut(
    _ pixels: Range<Int>, of x: UnsafePointer<Float>, into patches: UnsafeMutablePointer<Float>
  ) {
    var pixel = pixels.lowerBound
    while pixel < pixels.upperBound {
      let (sample, first) = pixel.quotientAndRemainder(dividingBy: rows)
      let count = min(rows - first, pixels.upperBound - pixel)
      ck_patches(
        x + sample * input[1] * input[2] * input[3], input[1], input[2], input[3], kernelHeight,
        kernelWidth, stride, padding.top, padding.left, output[2], first, count,
        patches + (pixel - pixels.lowerBound) * depth)
      pixel += count
    }
  }
}
