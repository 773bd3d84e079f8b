import Checkpoints
import Layers
import Tensors

/// From pictures to the moments of their latents (diffusers `Encoder`).
struct Encoder: Sendable {
  private let input: Convolution2D
  private let levels: [(blocks: ResidualChain, downsampler: Downsampler?)]
  private let middle: AutoencoderMiddle
  private let head: AutoencoderHead

  init(
    _ configuration: AutoencoderConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    let channels = configuration.blockChannels
    input = try weights.convolution(
      "encoder.conv_in", from: configuration.imageChannels, to: channels[0])
    var levels: [(ResidualChain, Downsampler?)] = []
    for level in channels.indices {
      let name = "encoder.down_blocks.\(level)"
      let blocks = try ResidualChain(
        name, count: configuration.layers, from: channels[max(level - 1, 0)],
        to: channels[level], configuration, &weights)
      let downsampler =
        level == channels.count - 1
        ? nil
        : try Downsampler(
          "\(name).downsamplers.0", channels: channels[level], isAsymmetric: true, &weights)
      levels.append((blocks, downsampler))
    }
    self.levels = levels
    middle = try AutoencoderMiddle("encoder.mid_block", configuration, &weights)
    head = try AutoencoderHead(
      "encoder", from: channels[channels.count - 1], to: 2 * configuration.latentChannels,
      configuration, &weights)
  }

  /// `[batch, height, width, 3]` to `[batch, height / f, width / f, 2 * latent channels]`.
  func callAsFunction(_ image: Tensor, recomputing: Bool = false) -> Tensor {
    var hidden = input(image)
    for level in levels {
      hidden = level.blocks(hidden, recomputing: recomputing)
      if let downsampler = level.downsampler { hidden = downsampler(hidden) }
    }
    return head(middle(hidden, recomputing: recomputing))
  }

  /// The same for one sample, with the large levels in strips.
  func callAsFunction(_ image: Tensor, _ tiling: AutoencoderTiling) -> Tensor {
    var map = StripedMap(image).convolved(by: input)
    var hidden = image
    for level in levels {
      hidden = level.blocks(map, tiling)
      if let downsampler = level.downsampler {
        var whole = StripedMap(hidden)
        whole.rowsPerStrip = tiling.rowsPerStrip
        hidden = downsampler(whole).stored()
      }
      map = StripedMap(hidden)
    }
    return head(middle(hidden))
  }
}
