import Checkpoints
import Compute
import Layers
import Tensors

/// From latents to pictures (diffusers `Decoder`).
struct Decoder: Sendable {
  private let input: Convolution2D
  private let middle: AutoencoderMiddle
  private let levels: [(blocks: ResidualChain, upsampler: Upsampler?)]
  private let head: AutoencoderHead

  init(
    _ configuration: AutoencoderConfiguration, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    // Coarsest first, as the blocks are numbered.
    let channels = Array(configuration.blockChannels.reversed())
    input = try weights.convolution(
      "decoder.conv_in", from: configuration.latentChannels, to: channels[0])
    middle = try AutoencoderMiddle("decoder.mid_block", configuration, &weights)
    var levels: [(ResidualChain, Upsampler?)] = []
    for level in channels.indices {
      let name = "decoder.up_blocks.\(level)"
      let blocks = try ResidualChain(
        name, count: configuration.layers + 1, from: channels[max(level - 1, 0)],
        to: channels[level], configuration, &weights)
      let upsampler =
        level == channels.count - 1
        ? nil
        : try Upsampler("\(name).upsamplers.0", channels: channels[level], &weights)
      levels.append((blocks, upsampler))
    }
    self.levels = levels
    head = try AutoencoderHead(
      "decoder", from: channels[channels.count - 1], to: configuration.outputChannels,
      configuration, &weights)
  }

  /// `[batch, height, width, latent channels]` to `[batch, height * f, width * f, 3]`.
  func callAsFunction(_ latent: Tensor, recomputing: Bool = false) -> Tensor {
    var hidden = middle(input(latent), recomputing: recomputing)
    for level in levels {
      hidden = level.blocks(hidden, recomputing: recomputing)
      // A training step takes the same memory again at once.
      if !hidden.isWatched { BufferPool.current.trimBetweenStages() }
      if let upsampler = level.upsampler { hidden = upsampler(hidden) }
    }
    return head(hidden)
  }

  /// The same for one sample, with the large levels in strips.
  func callAsFunction(_ latent: Tensor, _ tiling: AutoencoderTiling) -> Tensor {
    var map = StripedMap(middle(input(latent)))
    for (index, level) in levels.enumerated() {
      map = StripedMap(level.blocks(map, tiling))
      guard let upsampler = level.upsampler else { continue }
      map.rowsPerStrip = tiling.rowsPerStrip
      map = upsampler(map)
      // With twice the channels of what it becomes, the last one would be the largest map of all:
      // its rows are computed when they are asked for. Keeping the others costs nothing beside it.
      if index < levels.count - 2 { map = StripedMap(map.stored()) }
    }
    return head(map.whole(), tiling)
  }
}
