import CKernels
import Compute
package import Tensors

/// Mean and variance of every group of one sample, gathered from its parts in their order.
///
/// With them a group normalisation can be done part by part and gives what it would give for the
/// whole. Source: Chan, Golub and LeVeque 1983.
package struct GroupStatistics: Sendable {
  private let groups: Int
  private let channels: Int
  /// Values that each group has had so far.
  private var count = 0.0
  private var means: [Double]
  /// Sums of squared distances from the means.
  private var deviations: [Double]

  fileprivate init(groups: Int, channels: Int) {
    self.groups = groups
    self.channels = channels
    means = [Double](repeating: 0, count: groups)
    deviations = means
  }

  /// Adds pixels `[..., channels]` of the sample.
  package mutating func add(_ x: Tensor) {
    precondition(x.shape[-1] == channels, "\(channels) channels do not fit \(x.shape)")
    let rows = x.count / channels
    let length = max(1, 16_384 / channels)
    let blocks = (rows + length - 1) / length
    let moments = measured(x, rows: rows, length: length, blocks: blocks)
    for block in 0..<blocks {
      let size = Double(min(length, rows - block * length) * (channels / groups))
      for group in 0..<groups {
        join(
          group, size, mean: moments[2 * block * groups + group],
          deviation: moments[(2 * block + 1) * groups + group])
      }
      count += size
    }
  }

  /// Means and deviations of blocks that depend on the number of rows alone.
  private func measured(_ x: Tensor, rows: Int, length: Int, blocks: Int) -> [Double] {
    let team = ThreadTeam.current
    return [Double](unsafeUninitializedCapacity: blocks * 2 * groups) { moments, written in
      written = blocks * 2 * groups
      guard let moments = moments.baseAddress else { return }
      BufferPool.current.withBuffer(team.threads * 2 * channels) { scratch in
        x.withPointer { source in
          team.forEach(blocks) { block, thread in
            let means = moments + 2 * block * groups
            Kernels.active.group_moments(
              source + block * length * channels, min(length, rows - block * length), channels,
              groups, means, means + groups, scratch + thread * 2 * channels)
          }
        }
      }
    }
  }

  private mutating func join(_ group: Int, _ size: Double, mean: Double, deviation: Double) {
    let total = count + size
    let shift = mean - means[group]
    means[group] += shift * size / total
    deviations[group] += deviation + shift * shift * count * size / total
  }

  /// What each channel is multiplied by, then what is added to it, `[2 * channels]`.
  fileprivate func factors(_ layer: GroupNormalization) -> Tensor {
    let (scale, bias) = (layer.scale.values, layer.bias.values)
    return Tensor(shape: [2 * channels]) { factors in
      for channel in 0..<channels {
        let group = channel / (channels / groups)
        let variance = deviations[group] / max(count, 1)
        let factor = Double(scale[channel]) / (variance + Double(layer.epsilon)).squareRoot()
        factors[channel] = Float(factor)
        factors[channels + channel] = Float(Double(bias[channel]) - means[group] * factor)
      }
    }
  }
}

extension GroupNormalization {
  /// Statistics of nothing yet, to be given a sample's parts.
  package func statistics() -> GroupStatistics {
    GroupStatistics(groups: groups, channels: scale.count)
  }

  /// The layer for one sample whose statistics are known, to be applied to its parts; off the tape.
  package func prepared(_ statistics: GroupStatistics) -> PreparedNormalization {
    PreparedNormalization(factors: statistics.factors(self), activation: activation)
  }
}

/// A group normalisation with its statistics worked in: each channel is scaled and shifted.
package struct PreparedNormalization: Sendable {
  /// Scales, then shifts, `[2 * channels]`.
  fileprivate let factors: Tensor
  fileprivate let activation: Activation

  /// `[..., channels]` to the same shape.
  package func callAsFunction(_ x: Tensor) -> Tensor {
    let channels = x.shape[-1]
    precondition(2 * channels == factors.count, "the statistics do not fit \(x.shape)")
    return factors.withPointer { factors in
      x.withPointer { source in
        Tensor(shape: x.shape) { target in
          guard let out = target.baseAddress else { return }
          let rows = target.count / channels
          ThreadTeam.current.forEachRange(rows, of: max(1, 16_384 / channels)) { range in
            let start = range.lowerBound * channels
            Kernels.active.channel_affine(
              source + start, out + start, range.count, channels, factors, factors + channels,
              activation.code)
          }
        }
      }
    }
  }
}
