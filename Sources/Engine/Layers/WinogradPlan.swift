import CKernels
import Compute
import Tensors

/// A 3x3 convolution by Winograd's minimal filtering F(4x4, 3x3): a quarter of the multiplications.
///
/// Inputs are transformed to 36 frequencies for a group of 4x4 tiles; then every task multiplies a
/// block of tiles with one panel of output channels, transforming the panel's weights as it goes:
/// that costs a few per cent, and weights are read from memory in their 9 values instead of 36.
/// With few channels all weights are transformed first, and a task takes a block of tiles the whole
/// way (`WinogradPlan+Narrow`).
///
/// Source: Lavin and Gray 2016, arXiv 1509.09308.
struct WinogradPlan {
  // Numbers alone: threads that copy the plan share no reference count.
  private let samples: Int
  private let padding: Padding
  private let tilesAcross: Int
  private let tilesPerSample: Int
  /// Input channels of a block, so that a block's values stay in the second-level cache.
  let channelBlock: Int
  let height: Int
  let width: Int
  let channels: Int
  let outputHeight: Int
  let outputWidth: Int
  let outputs: Int

  static let frequencies = 36
  /// Floats between one frequency's values and the next one's: without them a tile's 36 values would
  /// lie a multiple of 4 KiB apart and push each other out of the first-level cache.
  static let spacing = 16
  /// Tiles of a block; what a task sums up before it is transformed back.
  static let tileBlock = 64
  /// Floats of transformed input of a group, so that they stay in the last-level cache.
  private static let groupValues = 1 << 21

  init(_ plan: ConvolutionPlan) {
    let (input, output) = (plan.input, plan.output)
    (samples, height, width, channels) = (input[0], input[1], input[2], input[3])
    (outputHeight, outputWidth, outputs) = (output[1], output[2], output[3])
    padding = plan.padding
    tilesAcross = (outputWidth + 3) / 4
    tilesPerSample = tilesAcross * ((outputHeight + 3) / 4)
    let limit = 2_048 / PackedMatrix.panelColumns
    let blocks = (channels + limit - 1) / limit
    channelBlock = ((channels + blocks - 1) / blocks + 15) / 16 * 16
  }

  var tiles: Int { samples * tilesPerSample }
  var channelBlocks: Int { (channels + channelBlock - 1) / channelBlock }
  /// Distance between frequencies in the transformed input of a block.
  var inputDistance: Int { Self.tileBlock * channelBlock + Self.spacing }
  /// Distance between frequencies in the transformed output of a block of tiles and a panel.
  static var sumDistance: Int { tileBlock * PackedMatrix.panelColumns + spacing }
  /// Floats of one block of tiles and channels, transformed.
  var blockValues: Int { Self.frequencies * inputDistance }

  func run(
    _ x: UnsafePointer<Float>, _ matrix: PackedMatrix, _ out: UnsafeMutablePointer<Float>,
    _ ending: Ending
  ) {
    guard !isNarrow else { return runNarrow(x, matrix, out, ending) }
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

  func transformTile(
    _ tile: Int, channels block: Int, of x: UnsafePointer<Float>,
    into values: UnsafeMutablePointer<Float>
  ) {
    let (sample, top, left) = position(of: tile)
    let first = block * channelBlock
    Kernels.active.winograd_input(
      x + sample * height * width * channels + first, height, width, channels,
      top - padding.top, left - padding.left, min(channelBlock, channels - first), values,
      inputDistance)
  }

  /// Of a tile's first output pixel.
  func position(of tile: Int) -> (sample: Int, top: Int, left: Int) {
    let (sample, rest) = tile.quotientAndRemainder(dividingBy: tilesPerSample)
    let (row, column) = rest.quotientAndRemainder(dividingBy: tilesAcross)
    return (sample, 4 * row, 4 * column)
  }

  // MARK: Products

  /// Floats of one panel's weights for a block of channels, `[36][channelBlock][panel columns]`.
  var weightValues: Int { Self.frequencies * weightDistance }
  private var weightDistance: Int { channelBlock * PackedMatrix.panelColumns + Self.spacing }
  /// Floats of a block's sums with one panel, `[36][tileBlock][panel columns]`.
  static var sumValues: Int { frequencies * sumDistance }
  /// Floats of nine taps of weights, where they must be expanded.
  var tapValues: Int { 9 * channelBlock * PackedMatrix.panelColumns }

  private func multiply(
    _ group: Range<Int>, _ transformed: UnsafePointer<Float>, _ matrix: PackedMatrix,
    _ out: UnsafeMutablePointer<Float>, _ ending: Ending
  ) {
    let team = ThreadTeam.current
    let size = weightValues + Self.sumValues + tapValues
    let blocks = (group.count + Self.tileBlock - 1) / Self.tileBlock
    BufferPool.current.withBuffer(team.threads * size) { memory in
      team.forEach(blocks * matrix.panels) { index, thread in
        let (block, panel) = index.quotientAndRemainder(dividingBy: matrix.panels)
        let first = group.lowerBound + block * Self.tileBlock
        let tiles = first..<min(group.upperBound, first + Self.tileBlock)
        let weights = memory + thread * size
        let sums = weights + weightValues
        for channelBlock in 0..<channelBlocks {
          transformWeights(matrix, panel, channelBlock, into: weights, taps: sums + Self.sumValues)
          sum(
            tiles.count, transformed + (block * channelBlocks + channelBlock) * blockValues,
            weights, panel, channelBlock, into: sums)
        }
        finish(tiles, panel, sums, out, ending)
      }
    }
  }

  private func channels(of block: Int) -> Range<Int> {
    block * channelBlock..<min(channels, (block + 1) * channelBlock)
  }

  /// Adds what a block of channels gives to the sums of a block of tiles and a panel.
  func sum(
    _ tiles: Int, _ inputs: UnsafePointer<Float>, _ weights: UnsafePointer<Float>, _ panel: Int,
    _ block: Int, into sums: UnsafeMutablePointer<Float>
  ) {
    let width = PackedMatrix.panelColumns
    // A panel with few columns takes one vector a row instead of two.
    let columns = outputs - panel * width <= width / 2 ? width / 2 : width
    let depth = channels(of: block).count
    for frequency in 0..<Self.frequencies {
      Kernels.active.panel_product(
        inputs + frequency * inputDistance, channelBlock, weights + frequency * weightDistance,
        sums + frequency * Self.sumDistance, width, tiles, columns, depth, block > 0 ? 1 : 0)
    }
  }

  /// - Parameter scratch: `tapValues` floats.
  func transformWeights(
    _ matrix: PackedMatrix, _ panel: Int, _ block: Int,
    into weights: UnsafeMutablePointer<Float>, taps scratch: UnsafeMutablePointer<Float>
  ) {
    let width = PackedMatrix.panelColumns
    let range = channels(of: block)
    var taps = matrix.panelRows(panel, range, scratch: scratch)
    var distance = channels * width
    if matrix.storage != .float32 {
      taps = UnsafePointer(scratch)
      distance = range.count * width
      for tap in 1..<9 {
        let start = tap * channels
        _ = matrix.panelRows(
          panel, start + range.lowerBound..<start + range.upperBound,
          scratch: scratch + tap * distance)
      }
    }
    Kernels.active.winograd_weights(taps, distance, range.count, weights, weightDistance)
  }

  // MARK: Outputs

  func finish(
    _ tiles: Range<Int>, _ panel: Int, _ sums: UnsafePointer<Float>,
    _ out: UnsafeMutablePointer<Float>, _ ending: Ending
  ) {
    let width = PackedMatrix.panelColumns
    let (height, across) = (outputHeight, outputWidth)
    let column = panel * width
    ending.withPointers { bias, activation, residual in
      for tile in tiles {
        let (sample, top, left) = position(of: tile)
        let place = ((sample * height + top) * across + left) * outputs + column
        Kernels.active.winograd_output(
          sums + (tile - tiles.lowerBound) * width, Self.sumDistance, out + place,
          across * outputs, outputs, min(4, height - top), min(4, across - left),
          min(width, outputs - column), bias.map { $0 + column }, activation,
          residual.map { $0 + place })
      }
    }
  }
}
