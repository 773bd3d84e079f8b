import CKernels
import Compute
import Tensors

/// The gradient of a 3x3 kernel by the transpose of Winograd's algorithm: inputs and the output's
/// gradients meet at 36 frequencies, a quarter of the multiplications of a sum over patches.
struct WinogradGradient {
  private let plan: WinogradPlan
  private let width = PackedMatrix.panelColumns

  /// Floats that all tasks sum up in at a time.
  private static let sumValues = 1 << 24
  private static let tasksPerBlock = 6

  init(_ plan: ConvolutionPlan) {
    self.plan = WinogradPlan(plan)
  }

  private var channels: Int { plan.input[3] }
  private var outputs: Int { plan.output[3] }
  private var panels: Int { (outputs + width - 1) / width }
  private var frequencies: Int { WinogradPlan.frequencies }
  private var tileBlock: Int { WinogradPlan.tileBlock }
  /// Floats of one block of tiles and one panel of outputs, transformed.
  private var flowValues: Int { frequencies * tileBlock * width }
  /// Floats of the sums of one panel and one block of channels, `[36][channelBlock][width]`.
  private var blockSums: Int { frequencies * plan.channelBlock * width }

  /// - Parameters:
  ///   - x: `[batch, height, width, in]`
  ///   - gradient: of the output, `[batch, height', width', out]`
  ///   - kernel: gets the gradient of the kernel, `[out, 3, 3, in]`
  func run(
    _ x: UnsafePointer<Float>, _ gradient: UnsafePointer<Float>,
    into kernel: UnsafeMutablePointer<Float>
  ) {
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
    let (height, across) = (plan.output[1], plan.output[2])
    ThreadTeam.current.forEachRange(group.count, of: 8) { range in
      for place in range {
        let (block, offset) = place.quotientAndRemainder(dividingBy: tileBlock)
        let (sample, top, left) = plan.position(of: group.lowerBound + place)
        let pixel = gradient + ((sample * height + top) * across + left) * outputs
        for (index, panel) in panels.enumerated() {
          let column = panel * width
          let target = values + (block * panels.count + index) * flowValues + offset * width
          // A last panel may have less than half of its columns, which no vector then writes.
          if outputs - column <= width / 2 { clear(target) }
          Kernels.active.winograd_flow(
            pixel + column, across * outputs, outputs, min(4, height - top), min(4, across - left),
            min(width, outputs - column), target, tileBlock * width)
        }
      }
    }
  }

  private func clear(_ target: UnsafeMutablePointer<Float>) {
    for frequency in 0..<frequencies {
      (target + frequency * tileBlock * width).update(repeating: 0, count: width)
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
      let rows = min(plan.channelBlock, channels - channelBlock * plan.channelBlock)
      for frequency in part * perPart..<(part + 1) * perPart {
        let target = sums + pair * blockSums + frequency * plan.channelBlock * width
        for start in stride(from: 0, to: group.count, by: tileBlock) {
          let block = start / tileBlock
          Kernels.active.outer_products(
            inputs + (block * channelBlocks + channelBlock) * plan.blockValues
              + frequency * plan.inputDistance, plan.channelBlock,
            flows + (block * panels.count + panel) * flowValues + frequency * tileBlock * width,
            width, target, width, rows, width, min(tileBlock, group.count - start),
            isFirst && start == 0 ? 0 : 1)
        }
      }
    }
  }

  private func finish(
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
          sums + index * blockSums, block * width, rows, taps, block * width)
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
