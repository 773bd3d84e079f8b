import Compute

/// Convolutions of few channels: what a block of tiles is transformed to never leaves the
/// second-level cache, for one task multiplies it with all panels and transforms it back.
extension WinogradPlan {
  private var blocks: Int { (tiles + Self.tileBlock - 1) / Self.tileBlock }

  /// Whether one block of channels is all there is, with weights that are transformed in no time and
  /// tiles for many tasks.
  var isNarrow: Bool { channelBlocks == 1 && channels * outputs <= 8_192 && blocks >= 8 }

  func runNarrow(
    _ x: UnsafePointer<Float>, _ matrix: PackedMatrix, _ out: UnsafeMutablePointer<Float>,
    _ ending: Ending
  ) {
    let team = ThreadTeam.current
    let size = blockValues + Self.sumValues
    let weights = matrix.panels * weightValues
    BufferPool.current.withBuffer(weights + team.threads * max(size, tapValues)) { memory in
      let scratch = memory + weights
      team.forEach(matrix.panels) { panel, thread in
        transformWeights(
          matrix, panel, 0, into: memory + panel * weightValues,
          taps: scratch + thread * tapValues)
      }
      team.forEach(blocks) { block, thread in
        convolve(block, x, matrix.panels, memory, scratch + thread * size, out, ending)
      }
    }
  }

  /// - Parameters:
  ///   - weights: of all panels, transformed.
  ///   - scratch: `blockValues` floats for the tiles, then `sumValues`.
  private func convolve(
    _ block: Int, _ x: UnsafePointer<Float>, _ panels: Int, _ weights: UnsafePointer<Float>,
    _ scratch: UnsafeMutablePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ ending: Ending
  ) {
    let range = block * Self.tileBlock..<min(tiles, (block + 1) * Self.tileBlock)
    for (place, tile) in range.enumerated() {
      transformTile(tile, channels: 0, of: x, into: scratch + place * channelBlock)
    }
    let sums = scratch + blockValues
    for panel in 0..<panels {
      sum(range.count, scratch, weights + panel * weightValues, panel, 0, into: sums)
      finish(range, panel, sums, out, ending)
    }
  }
}
