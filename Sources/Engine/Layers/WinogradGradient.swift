import CKernels
import Compute
import Tensors

/// The gradient of a 3x3 kernel by the transpose of Winograd's algorithm: inputs and the output's
/// gradients meet at 36 frequencies, a quarter of the multiplications of a sum over patches.
struct WinogradGradient {
  let plan: WinogradPlan
  let width = PackedMatrix.panelColumns

  /// Floats that all tasks sum up in at a time.
  private static let sumValues = 1 << 24
  private static let tasksPerBlock = 6

  init(_ plan: ConvolutionPlan) {
    self.plan = WinogradPlan(plan)
  }

  var channels: Int { plan.channels }
  var outputs: Int { plan.outputs }
  var panels: Int { (outputs + width - 1) / width }
  var frequencies: Int { WinogradPlan.frequencies }
  var tileBlock: Int { WinogradPlan.tileBlock }
  /// Floats of one block of tiles and one panel of outputs, transformed.
  var flowValues: Int { frequencies * flowDistance }
  private var flowDistance: Int { WinogradPlan.sumDistance }
  /// Floats of the sums of one panel and one block of channels, `[36][channelBlock][width]`.
  var blockSums: Int { frequencies * sumDistance }
  private var sumDistance: Int { plan.channelBlock * width + WinogradPlan.spacing }

  /// - Parameters:
  ///   - x: `[batch, height, width, in]`
  ///   - gradient: of the output, `[batch, height', width', out]`
  ///   - kernel: gets the gradient of the kernel, `[out, 3, 3, in]`
  func run(
    _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    into kernel: UnsafeMutablePointer<Float>
  ) {
    guard !plan.isNarrow else { return runNarrow(x, gradient, into: kernel) }
    let sums = plan.channelBlocks * blockSums
    let some = min(panels, max(1, Self.sumValues / sums))
    let inputs = plan.blocksPerGroup * plan.channelBlocks * plan.blockValues
    let flows = plan.blocksPerGroup * some * flowValues
    BufferPool.current.withBuffer(inputs + flows + some * sums) { memory in
      for first in stride(from: 0, to: panels, by: some) {
        let panels = first..<min(panels, first + some)
        for group in plan.groups {
          plan.transform(group, of: x, into: memory)
          transform(group, panels, of: gradient, into: memory + inputs)
          add(
            group, panels, memory, memory + inputs, isFirst: group.lowerBound == 0,
            into: memory + inputs + flows)
        }
        finish(panels, memory + inputs + flows, into: kernel)
      }
    }
  }

  /// Leaves `[block of tiles][panel][36][tileBlock][width]` in `values`.
  private func transform(
    _ group: Range<Int>, _ panels: Range<Int>, of gradient: UnsafePointer<Float>,
    into values: UnsafeMutablePointer<Float>
  ) {
    ThreadTeam.current.forEachRange(group.count, of: 8) { range in
      for place in range {
        let (block, offset) = place.quotientAndRemainder(dividingBy: tileBlock)
        transformTile(
          group.lowerBound + place, panels, of: gradient,
          into: values + block * panels.count * flowValues + offset * width)
      }
    }
  }

  /// - Parameter target: the tile's place in the first panel.
  func transformTile(
    _ tile: Int, _ panels: Range<Int>, of gradient: UnsafePointer<Float>,
    into target: UnsafeMutablePointer<Float>
  ) {
    let (height, across) = (plan.outputHeight, plan.outputWidth)
    let (sample, top, left) = plan.position(of: tile)
    let pixel = gradient + ((sample * height + top) * across + left) * outputs
    for (index, panel) in panels.enumerated() {
      let column = panel * width
      Kernels.active.winograd_flow(
        pixel + column, across * outputs, outputs, min(4, height - top), min(4, across - left),
        min(width, outputs - column), target + index * flowValues, flowDistance)
    }
  }

  /// Adds what the tiles of a group give to `[panel][block of channels][36][channelBlock][width]`.
  private func add(
    _ group: Range<Int>, _ panels: Range<Int>, _ inputs: UnsafePointer<Float>,
    _ flows: UnsafePointer<Float>, isFirst: Bool, into sums: UnsafeMutablePointer<Float>
  ) {
    let (parts, channelBlocks) = (Self.tasksPerBlock, plan.channelBlocks)
    let perPart = frequencies / parts
    ThreadTeam.current.forEach(panels.count * channelBlocks * parts) { index in
      let (pair, part) = index.quotientAndRemainder(dividingBy: parts)
      let (panel, channelBlock) = pair.quotientAndRemainder(dividingBy: channelBlocks)
      let site = Site(panel: panels.lowerBound + panel, channelBlock: channelBlock)
      for frequency in part * perPart..<(part + 1) * perPart {
        for start in stride(from: 0, to: group.count, by: tileBlock) {
          let block = start / tileBlock
          add(
            min(tileBlock, group.count - start), frequency, site,
            inputs + (block * channelBlocks + channelBlock) * plan.blockValues,
            flows + (block * panels.count + panel) * flowValues, isFirst: isFirst && start == 0,
            into: sums + pair * blockSums)
        }
      }
    }
  }

  /// A part of the kernel: a panel of outputs and a block of channels.
  struct Site {
    let panel: Int
    let channelBlock: Int
  }

  /// Adds what a block of tiles gives at one frequency.
  func add(
    _ tiles: Int, _ frequency: Int, _ site: Site, _ inputs: UnsafePointer<Float>,
    _ flows: UnsafePointer<Float>, isFirst: Bool, into sums: UnsafeMutablePointer<Float>
  ) {
    let rows = min(plan.channelBlock, channels - site.channelBlock * plan.channelBlock)
    // A panel with few columns takes one vector a row instead of two.
    let columns = outputs - site.panel * width <= width / 2 ? width / 2 : width
    Kernels.active.outer_products(
      inputs + frequency * plan.inputDistance, plan.channelBlock, flows + frequency * flowDistance,
      width, sums + frequency * sumDistance, width, rows, columns, tiles, isFirst ? 0 : 1)
  }

  /// Transforms sums of panels back and puts them in their places.
  func finish(
    _ panels: Range<Int>, _ sums: UnsafePointer<Float>, into kernel: UnsafeMutablePointer<Float>
  ) {
    let (team, block, channelBlocks) = (ThreadTeam.current, plan.channelBlock, plan.channelBlocks)
    BufferPool.current.withBuffer(team.threads * 9 * block * width) { memory in
      team.forEach(panels.count * channelBlocks) { index, thread in
        let (panel, channelBlock) = index.quotientAndRemainder(dividingBy: channelBlocks)
        let taps = memory + thread * 9 * block * width
        let first = channelBlock * block
        let rows = min(block, channels - first)
        Kernels.active.winograd_taps(
          sums + index * blockSums, sumDistance, rows, taps, block * width)
        let output = (panels.lowerBound + panel) * width
        for tap in 0..<9 {
          ck_transpose(
            taps + tap * block * width, width, rows, min(width, outputs - output),
            kernel + (output * 9 + tap) * channels + first, 9 * channels)
        }
      }
    }
  }
}
