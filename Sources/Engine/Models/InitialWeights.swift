import Tensors

/// Fresh weights for training, drawn name by name from one seed; or their names and shapes alone.
struct InitialWeights {
  private(set) var tensors: [String: Tensor] = [:]
  private(set) var shapes: [String: [Int]] = [:]
  private var generator: TorchGenerator
  private let draws: Bool

  init(seed: UInt64) { (generator, draws) = (TorchGenerator(seed: seed), true) }

  /// Draws nothing.
  init() { (generator, draws) = (TorchGenerator(seed: 0), false) }

  /// Values of a normal distribution, those beyond two deviations drawn again.
  mutating func table(_ name: String, _ shape: Shape, deviation: Float = 0.02) {
    shapes[name] = shape.extents
    guard draws else { return }
    var drawn = generator.normal(shape: shape)
    let values = drawn.values
    for (index, value) in values.enumerated() where abs(value) > 2 {
      var again = value
      while abs(again) > 2 { again = generator.normal(shape: [1]).values[0] }
      drawn.withUnsafeMutableBufferPointer { $0[index] = again }
    }
    tensors[name] = drawn * deviation
  }

  mutating func constant(_ name: String, _ count: Int, _ value: Float) {
    shapes[name] = [count]
    if draws { tensors[name] = Tensor(repeating: value, shape: [count]) }
  }

  /// A layer inside a transformer: deviation 0.02 at BERT's width of 768, and as much in proportion
  /// at others, so that narrow networks pass on as much as wide ones.
  mutating func linear(_ name: String, from inputs: Int, to outputs: Int) {
    table(
      "\(name).weight", [outputs, inputs], deviation: 0.02 * (768 / Float(inputs)).squareRoot())
    constant("\(name).bias", outputs, 0)
  }

  /// A layer whose results vary as much as its inputs, 1 / √inputs.
  mutating func plainLinear(_ name: String, from inputs: Int, to outputs: Int) {
    table("\(name).weight", [outputs, inputs], deviation: 1 / Float(inputs).squareRoot())
    constant("\(name).bias", outputs, 0)
  }

  mutating func convolution(_ name: String, from inputs: Int, to outputs: Int, kernel: Int) {
    table(
      "\(name).weight", [outputs, inputs, kernel, kernel],
      deviation: 1 / Float(inputs * kernel * kernel).squareRoot())
    constant("\(name).bias", outputs, 0)
  }

  mutating func normalization(_ name: String, width: Int) {
    constant("\(name).weight", width, 1)
    constant("\(name).bias", width, 0)
  }
}

// MARK: Transformers

extension InitialWeights {
  mutating func visionTransformer(_ name: String, _ sizes: VisionTransformerConfiguration) {
    let width = sizes.width
    convolution("\(name).patch_embed.proj", from: 3, to: width, kernel: sizes.patchSize)
    if sizes.hasClassToken { table("\(name).cls_token", [1, 1, width]) }
    table("\(name).pos_embed", [1, sizes.tokens, width])
    for block in (0..<sizes.layers).map({ "\(name).blocks.\($0)" }) {
      normalization("\(block).norm1", width: width)
      linear("\(block).attn.qkv", from: width, to: 3 * width)
      linear("\(block).attn.proj", from: width, to: width)
      normalization("\(block).norm2", width: width)
      linear("\(block).mlp.fc1", from: width, to: sizes.innerWidth)
      linear("\(block).mlp.fc2", from: sizes.innerWidth, to: width)
    }
    normalization("\(name).norm", width: width)
  }

  mutating func bert(_ name: String, _ sizes: BERTConfiguration) {
    let width = sizes.width
    table("\(name).embeddings.word_embeddings.weight", [sizes.vocabularySize, width])
    table("\(name).embeddings.position_embeddings.weight", [sizes.positions, width])
    normalization("\(name).embeddings.LayerNorm", width: width)
    for layer in (0..<sizes.layers).map({ "\(name).encoder.layer.\($0)" }) {
      bertAttention("\(layer).attention", source: width, width)
      if let imageWidth = sizes.imageWidth {
        bertAttention("\(layer).crossattention", source: imageWidth, width)
      }
      linear("\(layer).intermediate.dense", from: width, to: sizes.innerWidth)
      linear("\(layer).output.dense", from: sizes.innerWidth, to: width)
      normalization("\(layer).output.LayerNorm", width: width)
    }
  }

  private mutating func bertAttention(_ name: String, source: Int, _ width: Int) {
    linear("\(name).self.query", from: width, to: width)
    linear("\(name).self.key", from: source, to: width)
    linear("\(name).self.value", from: source, to: width)
    linear("\(name).output.dense", from: width, to: width)
    normalization("\(name).output.LayerNorm", width: width)
  }
}
