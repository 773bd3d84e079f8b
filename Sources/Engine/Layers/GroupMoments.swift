import CKernels
import Compute
import Tensors

/// Mean and variance of every group of a sample, gathered over blocks of pixels that depend on the
/// sample's shape alone and joined in their order (Chan, Golub and LeVeque 1983).
struct GroupMoments: Sendable {
  private let shape: Shape
  private let samples: Int
  private let rows: Int
  private let channels: Int
  private let groups: Int
  private let blockRows: Int

  init(shape: Shape, groups: Int) {
    self.shape = shape
    samples = shape[0]
    channels = shape[-1]
    rows = shape.count / max(1, samples * channels)
    self.groups = groups
    blockRows = max(1, min(rows, 16_384 / channels))
  }

  private var blocks: Int { (rows + blockRows - 1) / blockRows }

  /// activation(x * scale + offset) with the factors of every sample's channels.
  func normalize(_ x: Tensor, _ factors: Tensor, _ activation: Activation) -> Tensor {
    x.withPointer { x in
      factors.withPointer { factors in
        Tensor(shape: shape) { target in
          guard let out = target.baseAddress, target.count > 0 else { return }
          ThreadTeam.current.forEach(samples * blocks) { index in
            let (start, count) = block(index)
            let scale = factors + index / blocks * 4 * channels
            Kernels.active.channel_affine(
              x + start, out + start, count, channels, scale, scale + channels, activation.code)
          }
        }
      }
    }
  }

  /// Where a block begins in the whole tensor, and how many pixels it has.
  private func block(_ index: Int) -> (start: Int, count: Int) {
    let (sample, block) = index.quotientAndRemainder(dividingBy: blocks)
    let first = block * blockRows
    return ((sample * rows + first) * channels, min(blockRows, rows - first))
  }

  /// Scale, offset, mean and inverse deviation of every sample's channels,
  /// `[samples, 4, channels]`.
  func gather(_ x: Tensor, _ layer: GroupNormalization) -> Tensor {
    let values = samples * blocks * 2 * groups
    return Tensor(shape: [samples, 4, channels]) { target in
      guard let factors = target.baseAddress, shape.count > 0 else { return }
      // A double is as long as two floats, and buffers are aligned for both.
      BufferPool.current.withBuffer(2 * values) { memory in
        memory.withMemoryRebound(to: Double.self, capacity: values) { moments in
          x.withPointer { measure($0, into: moments) }
          layer.scale.withPointer { scale in
            layer.bias.withPointer { bias in
              ThreadTeam.current.forEachRange(samples, of: 4) { range in
                for sample in range {
                  join(
                    moments + sample * blocks * 2 * groups, into: factors + sample * 4 * channels,
                    scale, bias, epsilon: Double(layer.epsilon))
                }
              }
            }
          }
        }
      }
    }
  }

  /// Leaves every block's means and deviations, group by group, in `moments`.
  private func measure(_ x: UnsafePointer<Float>, into moments: UnsafeMutablePointer<Double>) {
    let team = ThreadTeam.current
    BufferPool.current.withBuffer(team.threads * 2 * channels) { scratch in
      team.forEach(samples * blocks) { index, thread in
        let (start, count) = block(index)
        let means = moments + index * 2 * groups
        Kernels.active.group_moments(
          x + start, count, channels, groups, means, means + groups,
          scratch + thread * 2 * channels)
      }
    }
  }

  private func join(
    _ moments: UnsafePointer<Double>, into factors: UnsafeMutablePointer<Float>,
    _ scale: UnsafePointer<Float>, _ bias: UnsafePointer<Float>, epsilon: Double
  ) {
    let width = channels / groups
    for group in 0..<groups {
      let (mean, variance) = joined(moments, group)
      let inverse = 1 / (variance + epsilon).squareRoot()
      for channel in group * width..<(group + 1) * width {
        let factor = Double(scale[channel]) * inverse
        factors[channel] = Float(factor)
        factors[channels + channel] = Float(Double(bias[channel]) - mean * factor)
        factors[2 * channels + channel] = Float(mean)
        factors[3 * channels + channel] = Float(inverse)
      }
    }
  }

  private func joined(
    _ moments: UnsafePointer<Double>, _ group: Int
  ) -> (mean: Double, variance: Double) {
    let width = Double(channels / groups)
    var (count, mean, deviation) = (0.0, 0.0, 0.0)
    for block in 0..<blocks {
      let size = Double(self.block(block).count) * width
      let shift = moments[block * 2 * groups + group] - mean
      let total = count + size
      mean += shift * size / total
      deviation += moments[(block * 2 + 1) * groups + group] + shift * shift * count * size / total
      count = total
    }
    return (mean, deviation / count)
  }
}

// MARK: Gradient

extension GroupMoments {
  /// The input's gradient, and what bias and scale get, `[2 * channels]`.
  ///
  /// With the flow f into x̂ * scale + bias: scale * inverse * f - mean(f') - x̂ * mean(f' x̂) over the
  /// group, f' being scale * inverse * f.
  func gradients(
    _ gradient: Tensor, _ x: Tensor, _ factors: Tensor, _ scale: Tensor, _ activation: Activation,
    isInputWanted: Bool
  ) -> (toInput: Tensor?, sums: Tensor) {
    guard shape.count > 0 else {
      return (Tensor(repeating: 0, shape: shape), Tensor(repeating: 0, shape: [2 * channels]))
    }
    let (flow, blockSums) = flow(gradient, x, factors, activation)
    // [samples, blocks, 2 * channels] to [samples, 1, 2 * channels]
    let sums = blockSums.summed(to: [samples, 1, 2 * channels])
    let toInput = isInputWanted ? toInput(flow, x, factors, scale, sums) : nil
    return (toInput, whole(sums, factors))
  }

  /// The flow before the activation, and in every block of pixels each channel's sums of it and of
  /// its product with x - mean: `[samples, blocks, 2 * channels]`.
  private func flow(
    _ gradient: Tensor, _ x: Tensor, _ factors: Tensor, _ activation: Activation
  ) -> (flow: Tensor, sums: Tensor) {
    let hasActivation = activation != .none
    var flow = hasActivation ? Tensor(shape: shape) { _ in } : gradient
    let sums = Tensor(shape: [samples, blocks, 2 * channels]) { sums in
      guard let sums = sums.baseAddress else { return }
      func run(_ flow: UnsafeMutablePointer<Float>) {
        withPointers(x, gradient, factors) { x, gradient, factors in
          ThreadTeam.current.forEach(samples * blocks) { index in
            let (start, count) = block(index)
            let scale = factors + index / blocks * 4 * channels
            Kernels.active.group_norm_flow(
              x + start, gradient + start, flow + start, count, channels, scale, scale + channels,
              scale + 2 * channels, activation.code, sums + index * 2 * channels)
          }
        }
      }
      if hasActivation {
        flow.withUnsafeMutableBufferPointer { if let start = $0.baseAddress { run(start) } }
      } else {
        // Without an activation the kernel leaves the flow alone.
        gradient.withPointer { run(UnsafeMutablePointer(mutating: $0)) }
      }
    }
    return (flow, sums)
  }

  private func toInput(
    _ flow: Tensor, _ x: Tensor, _ factors: Tensor, _ scale: Tensor, _ sums: Tensor
  ) -> Tensor {
    let slopes = slopes(factors, scale, sums)
    return Tensor(shape: shape) { target in
      guard let out = target.baseAddress else { return }
      withPointers(x, flow, factors) { x, flow, factors in
        slopes.withPointer { slopes in
          ThreadTeam.current.forEach(samples * blocks) { index in
            let (start, count) = block(index)
            let scale = factors + index / blocks * 4 * channels
            let slope = slopes + index / blocks * 2 * channels
            Kernels.active.group_norm_input(
              x + start, flow + start, out + start, count, channels, scale, scale + 2 * channels,
              slope, slope + channels)
          }
        }
      }
    }
  }

  /// What every channel's gradient gets per x - mean, and what it gets at all: the means over its
  /// group, `[samples, 2, channels]`.
  private func slopes(_ factors: Tensor, _ scale: Tensor, _ sums: Tensor) -> Tensor {
    let width = channels / groups
    let size = Double(rows * width)
    return Tensor(shape: [samples, 2, channels]) { target in
      withPointers(factors, scale, sums) { factors, scale, sums in
        // Unchecked: every task writes samples of its own.
        nonisolated(unsafe) let target = target
        ThreadTeam.current.forEachRange(samples * groups, of: 4 * groups) { range in
          for index in range {
            let (sample, group) = index.quotientAndRemainder(dividingBy: groups)
            let sums = sums + sample * 2 * channels
            let range = group * width..<(group + 1) * width
            var (flow, product) = (0.0, 0.0)
            for channel in range {
              flow += Double(scale[channel]) * Double(sums[channel])
              product += Double(scale[channel]) * Double(sums[channels + channel])
            }
            let inverse = Double(factors[(sample * 4 + 3) * channels + range.lowerBound])
            for channel in range {
              target[sample * 2 * channels + channel] =
                Float(-inverse * inverse * inverse * product / size)
              target[(sample * 2 + 1) * channels + channel] = Float(-inverse * flow / size)
            }
          }
        }
      }
    }
  }

  /// The sums of all samples, those behind the first `channels` times the inverse deviation.
  private func whole(_ sums: Tensor, _ factors: Tensor) -> Tensor {
    Tensor(shape: [2 * channels]) { target in
      withPointers(sums, factors, factors) { sums, factors, _ in
        // Channels in the inner loop, next to each other in memory; the order of every sum is the
        // samples'.
        var totals = [Double](repeating: 0, count: 2 * channels)
        totals.withUnsafeMutableBufferPointer { totals in
          for sample in 0..<samples {
            let sums = sums + sample * 2 * channels
            let inverses = factors + (sample * 4 + 3) * channels
            for channel in 0..<channels {
              totals[channel] += Double(sums[channel])
              totals[channels + channel] +=
                Double(sums[channels + channel]) * Double(inverses[channel])
            }
          }
          for index in 0..<2 * channels { target[index] = Float(totals[index]) }
        }
      }
    }
  }
}

private func withPointers(
  _ a: Tensor, _ b: Tensor, _ c: Tensor,
  _ body: (UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>) -> Void
) {
  a.withPointer { a in b.withPointer { b in c.withPointer { c in body(a, b, c) } } }
}
