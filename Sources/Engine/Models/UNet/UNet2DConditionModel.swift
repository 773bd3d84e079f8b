package import Checkpoints
import Layers
package import Tensors

/// The denoiser: a U-Net over latents that attends to a text.
///
/// Source: Rombach et al. 2022, section 3.3; diffusers `UNet2DConditionModel`.
package struct UNet2DConditionModel: Sendable {
  /// Keys and values of one context for every attention, so that they are made once for all steps
  /// of an edit.
  package struct PreparedContext: Sendable {
    let projections: [KeysAndValues]
    let batch: Int
  }

  package let configuration: UNetConfiguration
  /// In training: every residual and attention block keeps only its inputs and is computed again for
  /// gradients, which takes a third more time and far less memory.
  package var recomputesBlocks = false
  private let timeEmbedding: TimeEmbedding
  private let input: Convolution2D
  private let downBlocks: [DownBlock]
  private let middle: MiddleBlock?
  private let upBlocks: [UpBlock]
  private let outputNormalization: GroupNormalization
  private let output: Convolution2D
  private let contextProjections: [KeyValueProjection]

  /// Takes every tensor out of `weights`; throws for one that is missing, of another shape, or
  /// left over.
  package init(
    configuration: UNetConfiguration, weights: WeightStore
  ) throws(CheckpointError) {
    self.configuration = configuration
    var builder = UNetBuilder(configuration: configuration, weights: weights)
    let channels = configuration.blockChannels
    timeEmbedding = try TimeEmbedding(configuration, &builder.weights)
    input = try builder.weights.convolution(
      "conv_in", from: configuration.inputChannels, to: channels[0])
    var downBlocks: [DownBlock] = []
    for level in channels.indices { downBlocks.append(try DownBlock(level: level, &builder)) }
    self.downBlocks = downBlocks
    middle = configuration.middle == .absent ? nil : try MiddleBlock(&builder)
    var upBlocks: [UpBlock] = []
    for index in channels.indices { upBlocks.append(try UpBlock(index: index, &builder)) }
    self.upBlocks = upBlocks
    outputNormalization = try builder.weights.groupNormalization(
      "conv_norm_out", channels: channels[0], groups: configuration.groups,
      epsilon: configuration.epsilon, activation: .silu)
    output = try builder.weights.convolution(
      "conv_out", from: channels[0], to: configuration.outputChannels)
    contextProjections = builder.contextProjections
    try builder.weights.finish()
  }

  /// Makes every attention's keys and values of a context `[batch, tokens, context width]`; throws
  /// for another shape.
  package func prepare(context: Tensor) throws(ModelError) -> PreparedContext {
    guard context.shape.rank == 3, context.shape[2] == configuration.contextWidth,
      context.count > 0
    else {
      throw refusal(
        "a context \(context.shape), not [batch, tokens, \(configuration.contextWidth)]")
    }
    return PreparedContext(
      projections: contextProjections.map { $0(context) }, batch: context.shape[0])
  }

  /// Predicts noise, velocity or sample, as the network was trained:
  /// `[batch, height, width, output channels]`.
  ///
  /// - Parameters:
  ///   - sample: `[batch, height, width, input channels]`; any height and width.
  ///   - timestep: of the whole batch, 0 up to the number of training steps.
  ///   - context: prepared from as many texts as the batch has.
  package func callAsFunction(
    sample: Tensor, timestep: Float, context: PreparedContext
  ) throws(ModelError) -> Tensor {
    try callAsFunction(sample: sample, timesteps: [timestep], context: context)
  }

  /// The same for a context `[batch, tokens, context width]` that is used once.
  package func callAsFunction(
    sample: Tensor, timestep: Float, context: Tensor
  ) throws(ModelError) -> Tensor {
    try callAsFunction(sample: sample, timestep: timestep, context: try prepare(context: context))
  }

  /// The same with a timestep for every element of the batch, or one for all.
  package func callAsFunction(
    sample: Tensor, timesteps: [Float], context: PreparedContext
  ) throws(ModelError) -> Tensor {
    try check(sample, timesteps, context)
    let conditioning = UNetConditioning(
      time: timeEmbedding(timesteps), context: context.projections, recomputes: recomputesBlocks)
    var states = [input(sample)]
    for block in downBlocks { states += block(states[states.count - 1], conditioning) }
    // The last block does not halve, so its last state is kept for the way up as well.
    var hidden = states[states.count - 1]
    if let middle { hidden = middle(hidden, conditioning) }
    for block in upBlocks { hidden = block(hidden, states: &states, conditioning) }
    return output(outputNormalization(hidden))
  }

  private func check(
    _ sample: Tensor, _ timesteps: [Float], _ context: PreparedContext
  ) throws(ModelError) {
    let shape = sample.shape
    guard shape.rank == 4, shape[3] == configuration.inputChannels, shape.count > 0 else {
      throw refusal(
        "a sample \(shape), not [batch, height, width, \(configuration.inputChannels)]")
    }
    guard context.batch == shape[0], context.projections.count == contextProjections.count else {
      throw refusal("\(context.batch) contexts for \(shape[0]) samples")
    }
    guard timesteps.count == 1 || timesteps.count == shape[0], timesteps.allSatisfy(\.isFinite)
    else { throw refusal("timesteps \(timesteps) for \(shape[0]) samples") }
  }

  private func refusal(_ reason: String) -> ModelError {
    .invalidInput(model: "UNet2DConditionModel", reason: reason)
  }
}
