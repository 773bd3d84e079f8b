import CKernels
import Compute
import Tensors

/// A 3x3 convolution by Winograd's minimal filtering F(4x4, 3x3): a quarter of the multiplications.
///
/// Inputs are transformed to 36 frequencies for a group of 4x4 tiles; then every task multiplies a
/// block of tiles with one panel of output channels, transforming the panel's weights as it goes:
/// that costs a few per cent, and weights are read from memory in their 9 values instead of 36.
///
/// Source: Lavin and Gray 2016, arXiv 1509.09308.
struct WinogradPlan {
  let input: Shape
  let output: Shape
  private let padding: Padding
  private let tilesAcross: Int
  private let tilesPerSample: Int
  /// Input channels of a block, so that a block's values stay in the second-level cache.
  let channelBlock: Int

  static let frequencies = 36
  /// Tiles of a block; what a task sums up before it is transformed back.
  static let tileBlock = 64
  /// Floats of transformed input of a group, so that they stay in the last-level cache.
  private static let groupValues = 1 << 21

  init(_ plan: ConvolutionPlan) {
    input = plan.input
    output = plan.output
    padding = plan.padding
    tilesAcross = (output[2] + 3) / 4
    tilesPerSample = tilesAcross * ((output[1] + 3) / 4)
    let limit = 2_048 / PackedMatrix.panelColumns
    let blocks = (input[3] + limit - 1) / limit
    channelBlock = ((input[3] + blocks - 1) / blocks + 15) / 16 * 16
  }

  var tiles: Int { input[0] * tilesPerSample }
  var channelBlocks: Int { (input[3] + channelBlock - 1) / channelBlock }
  /// Distance between frequencies in the transformed input of a block.
  var inputDistance: Int { Self.tileBlock * channelBlock }
  /// Floats of one block of tiles and channels, transformed.
  var blockValues: Int { Self.frequencies * inputDistance }

  func run(
    _ x: UnsafePointer<Float>, _ matrix: PackedMatrix, _ out: UnsafeMutablePointer<Float>,
    _ ending: Ending
  ) {
    BufferPool.current.withBuffer(blocksPerGroup * channelBlocks * blockValues) { transformed in
      for group in groups {
        transform(group, of: x, into: transformed)
        multiply(group, transformed, matrix, out, ending)
      }
    }
  }

  /// Blocks of tiles that are transformed at a time.
  var blocksPerGroup: Int {
    min(
      max(1, Self.groupValues / (blockValues * channelBlocks)),
      (tiles + Self.tileBlock - 1) / Self.tileBlock)
  }

  /// The tiles of the batch, in groups whose transformed values stay in the last-level cache.
  var groups: [Range<Int>] {
    let size = blocksPerGroup * Self.tileBlock
    return Swift.stride(from: 0, to: tiles, by: size).map { $0..<min(tiles, $0 + size) }
  }

  // MARK: Inputs

  /// Leaves `[block of tiles][block of channels][36][tileBlock][channelBlock]` in `values`.
  func transform(
    _ group: Range<Int>, of x: UnsafePointer<Float>, into values: UnsafeMutablePointer<Float>
  ) {
    let tilesPerTask = 8
    let parts = (group.count + tilesPerTask - 1) / tilesPerTask
    ThreadTeam.current.forEach(parts * channelBlocks) { index in
      let (part, block) = index.quotientAndRemainder(dividingBy: channelBlocks)
      for place in part * tilesPerTask..<min(group.count, (part + 1) * tilesPerTask) {
        let (row, offset) = place.quotientAndRemainder(dividingBy: Self.tileBlock)
        transformTile(
          group.lowerBound + place, channels: block, of: x,
          into: values + (row * channelBlocks + block) * blockValues + offset * channelBlock)
      }
    }
  }

  private func transformTile(
    _ tile: Int, channels block: Int, of x: UnsafePointer<Float>,
    into values: UnsafeMutablePointer<Float>
  ) {
    let (sample, top, left) = position(of: tile)
    let first = block * channelBlock
    Kernels.active.winograd_input(
      x + sample * input[1] * input[2] * input[3] + first, input[1], input[2], input[3],
      top - padding.top, left - padding.left, min(channelBlock, input[3] - first), values,
      inputDistance)
  }

  /// Of a tile's first output pixel.
  func position(of tile: Int) -> (sample: Int, top: Int, left: Int) {
    let (sample, rest) = tile.quotientAndRemainder(dividingBy: tilesPerSample)
    let (row, column) = rest.quotientAndRemainder(dividingBy: tilesAcross)
    return (sample, 4 * row, 4 * column)
  }

  // MARK: Products

  /// What a task needs: weights `[36][channelBlock][panel columns]`, sums
  /// `[36][tileBlock][panel columns]`, and nine taps of weights where they must be expanded.
  private struct Scratch {
    let weights: UnsafeMutablePointer<Float>
    let sums: UnsafeMutablePointer<Float>
    let taps: UnsafeMutablePointer<Float>

    static func count(channels: Int) -> Int {
      let width = PackedMatrix.panelColumns
      return (frequencies + 9) * channels * width + frequencies * tileBlock * width
    }

    init(_ start: UnsafeMutablePointer<Float>, channels: Int) {
      let width = PackedMatrix.panelColumns
      weights = start
      sums = start + frequencies * channels * width
      taps = sums + frequencies * tileBlock * width
    }
  }

  private func multiply(
    _ group: Range<Int>, _ transformed: UnsafePointer<Float>, _ matrix: PackedMatrix,
    _ out: UnsafeMutablePointer<Float>, _ ending: Ending
  ) {
    let team = ThreadTeam.current
    let size = Scratch.count(channels: channelBlock)
    let blocks = (group.count + Self.tileBlock - 1) / Self.tileBlock
    BufferPool.current.withBuffer(team.threads * size) { memory in
      team.forEach(blocks * matrix.panels) { index, thread in
        let (block, panel) = index.quotientAndRemainder(dividingBy: matrix.panels)
        let first = group.lowerBound + block * Self.tileBlock
        let tiles = first..<min(group.upperBound, first + Self.tileBlock)
        let scratch = Scratch(memory + thread * size, channels: channelBlock)
        sum(
          tiles.count, transformed + block * channelBlocks * blockValues, matrix, panel, scratch)
        finish(tiles, panel, scratch.sums, out, ending)
      }
    }
  }

  private func sum(
    _ tiles: Int, _ transformed: UnsafePointer<Float>, _ matrix: PackedMatrix, _ panel: Int,
    _ scratch: Scratch
  ) {
    let width = PackedMatrix.panelColumns
    for block in 0..<channelBlocks {
      let first = block * channelBlock
      let channels = first..<min(input[3], first + channelBlock)
      transformWeights(matrix, panel, channels, scratch)
      let inputs = transformed + block * blockValues
      for frequency in 0..<Self.frequencies {
        Kernels.active.panel_product(
          inputs + frequency * inputDistance, channelBlock,
          scratch.weights + frequency * channelBlock * width,
          scratch.sums + frequency * Self.tileBlock * width, width, tiles, width, channels.count,
          block > 0 ? 1 : 0)
      }
    }
  }

  private func transformWeights(
    _ matrix: PackedMatrix, _ panel: Int, _ channels: Range<Int>, _ scratch: Scratch
  ) {
    let width = PackedMatrix.panelColumns
    var taps = matrix.panelRows(panel, channels, scratch: scratch.taps)
    var distance = input[3] * width
    if matrix.storage != .float32 {
      taps = UnsafePointer(scratch.taps)
      distance = channels.count * width
      for tap in 1..<9 {
        let start = tap * input[3]
        _ = matrix.panelRows(
          panel, start + channels.lowerBound..<start + channels.upperBound,
          scratch: scratch.taps + tap * distance)
      }
    }
    Kernels.active.winograd_weights(
      taps, distance, channels.count, scratch.weights, channelBlock * width)
  }

  // MARK: Outputs

  private func finish(
    _ tiles: Range<Int>, _ panel: Int, _ sums: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ ending: Ending
  ) {
    let width = PackedMatrix.panelColumns
    let (height, across, channels) = (output[1], output[2], output[3])
    let column = panel * width
    for tile in tiles {
      let (sample, top, left) = position(of: tile)
      let place = ((sample * height + top) * across + left) * channels + column
      ending.withPointers(column: column, place: place) { bias, activation, residual in
        Kernels.active.winograd_output(
          sums + (tile - tiles.lowerBound) * width, Self.tileBlock * width, out + place,
          across * channels, channels, min(4, height - top), min(4, across - left),
          min(width, channels - column), bias, activation, residual)
      }
    }
  }
}
