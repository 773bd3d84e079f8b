import CKernels
import Compute

/// The gradient of a kernel with few channels: tiles go in lanes, and what a lane's block of tiles
/// is transformed to never leaves the second-level cache. Each lane has sums of its own, which are
/// added up in their order.
extension WinogradGradient {
  /// At most 8, as many as there are blocks of tiles.
  private var lanes: Int { min(8, blocks) }
  private var blocks: Int { (plan.tiles + tileBlock - 1) / tileBlock }
  /// Floats of a lane's sums, `[panel][36][channels][panel columns]`.
  private var laneSums: Int { panels * blockSums }

  func runNarrow(
    _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    into kernel: UnsafeMutablePointer<Float>
  ) {
    let team = ThreadTeam.current
    let size = plan.blockValues + panels * flowValues
    BufferPool.current.withBuffer(lanes * laneSums + team.threads * size) { sums in
      team.forEach(lanes) { lane, thread in
        let scratch = sums + lanes * laneSums + thread * size
        for block in lane * blocks / lanes..<(lane + 1) * blocks / lanes {
          add(
            block, x, gradient, isFirst: block == lane * blocks / lanes, scratch,
            into: sums + lane * laneSums)
        }
      }
      team.forEachRange(laneSums) { range in
        let target = sums + range.lowerBound
        for lane in 1..<lanes {
          Kernels.active.add(target, target + lane * laneSums, target, range.count)
        }
      }
      finish(0..<panels, sums, into: kernel)
    }
  }

  private func add(
    _ block: Int, _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>, isFirst: Bool,
    _ scratch: UnsafeMutablePointer<Float>, into sums: UnsafeMutablePointer<Float>
  ) {
    let range = block * tileBlock..<min(plan.tiles, (block + 1) * tileBlock)
    let flows = scratch + plan.blockValues
    for (place, tile) in range.enumerated() {
      plan.transformTile(tile, channels: 0, of: x, into: scratch + place * plan.channelBlock)
      transformTile(tile, 0..<panels, of: gradient, into: flows + place * width)
    }
    for panel in 0..<panels {
      for frequency in 0..<frequencies {
        add(
          range.count, frequency, Site(panel: panel, channelBlock: 0), scratch,
          flows + panel * flowValues, isFirst: isFirst, into: sums + panel * blockSums)
      }
    }
  }
}
