import Checkpoints
import Compute
import Models
import Tensors
import Testing

/// The judges that are trained here: their sizes, their fresh weights, and that these can learn.
@Suite struct JudgeWeightsTests {
  private let reward = BLIPRewardConfiguration.embedded(vocabularySize: 600)
  private let coherence = CoherenceConfiguration.embedded

  private func count(_ weights: [String: Tensor]) -> Int {
    weights.values.reduce(0) { $0 + $1.count }
  }

  private func noise(_ shape: Shape, _ seed: UInt64) -> Tensor {
    var generator = TorchGenerator(seed: seed)
    return generator.normal(shape: shape)
  }

  @Test func `three small judges have at most ten million parameters`() {
    let one = count(reward.initialWeights(seed: 1))
    let map = count(coherence.initialWeights(seed: 1))
    print("parameters: reward \(one), coherence \(map)")
    #expect(one <= 3_500_000)
    #expect(map <= 2_500_000)
    #expect(2 * one + map <= 10_000_000)
  }

  @Test func `fresh weights build the models, and nothing is left over`() throws {
    let rewards = try BLIPRewardModel(
      configuration: reward, weights: WeightStore(tensors: reward.initialWeights(seed: 1)))(
        pixels: noise([2, 128, 128, 3], 1), tokens: [[2, 9, 3], [2, 3, 0]], lengths: [3, 2])
    #expect(rewards.shape == [2])
    #expect(rewards.values.allSatisfy { $0.isFinite && abs($0) < 20 })
    let map = try CoherenceModel(
      configuration: coherence, weights: WeightStore(tensors: coherence.initialWeights(seed: 1)))(
        pixels: noise([2, 128, 128, 3], 1))
    #expect(map.shape == [2, 128, 128, 1])
    #expect(map.values.allSatisfy { $0.isFinite && abs($0) < 20 })
  }

  @Test func `a seed gives the same weights, another one others`() {
    let (first, again) = (reward.initialWeights(seed: 7), reward.initialWeights(seed: 7))
    let other = reward.initialWeights(seed: 8)
    let name = "blip.visual_encoder.blocks.2.attn.qkv.weight"
    #expect(first[name]?.values == again[name]?.values)
    #expect(first[name]?.values != other[name]?.values)
    #expect(
      first["blip.visual_encoder.blocks.2.norm1.weight"]?.values.allSatisfy { $0 == 1 } == true)
    #expect(first["mlp.layers.2.bias"]?.values.allSatisfy { $0 == 0 } == true)
  }

  /// Small models of the judges' make, and small pictures.
  private var small: BLIPRewardConfiguration {
    BLIPRewardConfiguration(
      vision: VisionTransformerConfiguration(
        imageSize: 16, patchSize: 8, width: 12, layers: 2, heads: 3),
      text: BERTConfiguration(
        vocabularySize: 9, width: 8, layers: 2, heads: 2, positions: 5, imageWidth: 12),
      headWidths: [6, 1])
  }

  @Test func `every fresh weight of a reward model gets a gradient, and a step helps`() throws {
    let (configuration, pixels) = (small, noise([4, 16, 16, 3], 2))
    let tokens = [[1, 2, 3], [1, 4, 0], [1, 5, 6], [1, 7, 0]]
    func rewards(_ weights: [String: Tensor], _ pixels: Tensor) throws -> Tensor {
      try BLIPRewardModel(configuration: configuration, weights: WeightStore(tensors: weights))(
        pixels: pixels, tokens: tokens, lengths: [3, 2, 3, 2])
    }
    try check(configuration.initialWeights(seed: 4), pixels) {
      (try rewards($0, $1) - Tensor([1, -1, 2, 0], shape: [4])).squared().mean()
    }
  }

  @Test func `every fresh weight of a coherence judge gets a gradient, and a step helps`() throws {
    let configuration = CoherenceConfiguration(
      vision: VisionTransformerConfiguration(
        imageSize: 16, patchSize: 8, width: 12, layers: 2, heads: 3, hasClassToken: false),
      stemChannels: 4, groups: 2, headWidth: 10, pixelWidth: 5)
    let wanted = noise([2, 16, 16, 1], 5)
    try check(configuration.initialWeights(seed: 4), noise([2, 16, 16, 3], 2)) {
      let model = try CoherenceModel(
        configuration: configuration, weights: WeightStore(tensors: $0))
      return (try model(pixels: $1) - wanted).squared().mean()
    }
  }

  /// Gradients of weights and pixels against the loss's own slope along them.
  private func check(
    _ weights: [String: Tensor], _ pixels: Tensor,
    loss: ([String: Tensor], Tensor) throws -> Tensor
  ) throws {
    let (names, watched) = (weights.keys.sorted(), weights.mapValues { $0.watched() })
    let picture = pixels.watched()
    let value = try loss(watched, picture)
    let before = value.values[0]
    let gradients = try value.gradients(
      withRespectTo: names.compactMap { watched[$0] } + [picture])
    for (name, gradient) in zip(names + ["pixels"], gradients)
    // The softmax does not see a bias of the keys.
    where !name.hasSuffix("self.key.bias") {
      #expect(gradient.values.contains { abs($0) > 1e-9 }, "\(name)")
    }
    let size = gradients.reduce(0.0) { total, gradient in
      gradient.values.reduce(total) { $0 + Double($1) * Double($1) }
    }
    let step = Float(2e-3 * Double(before) / size)
    var moved = weights
    for (name, gradient) in zip(names, gradients) {
      moved[name] = weights[name].map { $0 - gradient * step }
    }
    let after = try loss(moved, pixels - gradients[names.count] * step).values[0]
    // To first order the loss falls by step * size.
    let slope = Double(before - after) / (Double(step) * size)
    #expect(abs(slope - 1) < 0.05, "\(slope)")
  }
}
