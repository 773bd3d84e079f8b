import Checkpoints
import FoundationEssentials
import Glibc
import Layers
import Tensors

/// Turns timesteps into the embedding that every residual block adds: sines and cosines of
/// geometrically spaced frequencies, then two linear layers.
///
/// Source: Ho et al. 2020, appendix B.
struct TimeEmbedding: Sendable {
  private let channels: Int
  private let cosinesFirst: Bool
  private let frequencyShift: Float
  private let widen: Linear
  private let mix: Linear

  init(
    _ configuration: UNetConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    channels = configuration.blockChannels[0]
    cosinesFirst = configuration.cosinesFirst
    frequencyShift = Float(configuration.frequencyShift)
    let width = configuration.timeWidth
    widen = try weights.linear("time_embedding.linear_1", from: channels, to: width)
    mix = try weights.linear("time_embedding.linear_2", from: width, to: width)
  }

  /// The embedding, activated as every residual block wants it: `[timesteps, time width]`.
  func callAsFunction(_ timesteps: [Float]) -> Tensor {
    let waves = Tensor(
      timesteps.flatMap { self.waves($0) }, shape: [timesteps.count, channels])
    return mix(widen(waves, activation: .silu), activation: .silu)
  }

  /// Single-precision products, as the reference computes them, so that phases agree at large
  /// timesteps; an odd number of channels ends with a zero.
  private func waves(_ timestep: Float) -> [Float] {
    let half = channels / 2
    let phases = (0..<half).map { index in
      let exponent = Float(-log(10000.0)) * Float(index) / (Float(half) - frequencyShift)
      return Double(timestep * Float(exp(Double(exponent))))
    }
    let sines = phases.map { Float(sin($0)) }
    let cosines = phases.map { Float(cos($0)) }
    let ordered = cosinesFirst ? cosines + sines : sines + cosines
    return ordered + [Float](repeating: 0, count: channels % 2)
  }
}
