import CKernels
import Compute
package import Tensors

/// Layer normalization over the last axis (Ba, Kiros and Hinton 2016).
package struct LayerNormalization: Sendable {
  package var scale: Tensor?
  package var bias: Tensor?
  package let epsilon: Float

  package init(scale: Tensor?, bias: Tensor?, epsilon: Float = 1e-5) {
    self.scale = scale
    self.bias = bias
    self.epsilon = epsilon
  }

  /// `[..., width]` to the same shape.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    let width = x.shape[-1]
    precondition(scale?.count ?? width == width, "the scale does not fit \(x.shape)")
    let result = x.withPointer { source in
      withOptionalPointer(scale) { scale in
        withOptionalPointer(bias) { bias in
          Tensor(shape: x.shape) { target in
            guard let out = target.baseAddress, width > 0 else { return }
            ThreadTeam.current.forEachRange(target.count / width, of: max(1, 8_192 / width)) {
              rows in
              let start = rows.lowerBound * width
              Kernels.active.layer_norm(
                source + start, out + start, rows.count, width, scale, bias, epsilon)
            }
          }
        }
      }
    }
    return result.recordedWithoutGradient(
      "layer normalization", [x] + [scale, bias].compactMap { $0 })
  }
}

/// Group normalization of channels-last pictures (Wu and He 2018), with the activation fused.
package struct GroupNormalization: Sendable {
  package let groups: Int
  /// One value per channel.
  package var scale: Tensor
  /// One value per channel.
  package var bias: Tensor
  package let epsilon: Float
  package let activation: Activation

  package init(
    groups: Int, scale: Tensor, bias: Tensor, epsilon: Float = 1e-5,
    activation: Activation = .none
  ) {
    precondition(
      groups > 0 && scale.count % groups == 0 && scale.count == bias.count,
      "\(groups) groups do not divide \(scale.count) channels")
    self.groups = groups
    self.scale = scale
    self.bias = bias
    self.epsilon = epsilon
    self.activation = activation
  }

  /// `[batch, ..., channels]` to the same shape.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    precondition(x.shape[-1] == scale.count, "\(scale.count) channels do not fit \(x.shape)")
    let result = x.withPointer { source in
      Tensor(shape: x.shape) { target in
        guard let out = target.baseAddress, target.count > 0 else { return }
        GroupMoments(shape: x.shape, groups: groups).normalize(source, out, self)
      }
    }
    return result.recordedWithoutGradient("group normalization", [x, scale, bias])
  }
}

/// Mean and variance of every group of a sample, gathered over blocks of pixels that depend on the
/// sample's shape alone and joined in their order (Chan, Golub and LeVeque 1983).
private struct GroupMoments {
  private let samples: Int
  private let rows: Int
  private let channels: Int
  private let groups: Int
  private let blockRows: Int

  init(shape: Shape, groups: Int) {
    samples = shape[0]
    channels = shape[-1]
    rows = shape.count / max(1, samples * channels)
    self.groups = groups
    blockRows = max(1, min(rows, 16_384 / channels))
  }

  private var blocks: Int { (rows + blockRows - 1) / blockRows }

  func normalize(
    _ x: UnsafePointer<Float>, _ out: UnsafeMutablePointer<Float>, _ layer: GroupNormalization
  ) {
    BufferPool.current.withBuffer(samples * 2 * channels) { factors in
      gather(x, into: factors, layer)
      ThreadTeam.current.forEach(samples * blocks) { index in
        let sample = index / blocks
        let (start, count) = block(index)
        let scale = factors + sample * 2 * channels
        Kernels.active.channel_affine(
          x + start, out + start, count, channels, scale, scale + channels, layer.activation.code)
      }
    }
  }

  /// Where a block begins in the whole tensor, and how many pixels it has.
  private func block(_ index: Int) -> (start: Int, count: Int) {
    let (sample, block) = index.quotientAndRemainder(dividingBy: blocks)
    let first = block * blockRows
    return ((sample * rows + first) * channels, min(blockRows, rows - first))
  }

  /// Leaves scale and offset of every sample's channels in `factors`.
  private func gather(
    _ x: UnsafePointer<Float>, into factors: UnsafeMutablePointer<Float>,
    _ layer: GroupNormalization
  ) {
    let values = samples * blocks * 2 * groups
    // A double is as long as two floats, and buffers are aligned for both.
    BufferPool.current.withBuffer(2 * values) { memory in
      memory.withMemoryRebound(to: Double.self, capacity: values) { moments in
        measure(x, into: moments)
        for sample in 0..<samples {
          join(
            moments + sample * blocks * 2 * groups, into: factors + sample * 2 * channels, layer)
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
    _ layer: GroupNormalization
  ) {
    let width = channels / groups
    for group in 0..<groups {
      let (mean, variance) = joined(moments, group)
      let inverse = 1 / (variance + Double(layer.epsilon)).squareRoot()
      layer.scale.withPointer { scale in
        layer.bias.withPointer { bias in
          for channel in group * width..<(group + 1) * width {
            let factor = Double(scale[channel]) * inverse
            factors[channel] = Float(factor)
            factors[channels + channel] = Float(Double(bias[channel]) - mean * factor)
          }
        }
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
