import Checkpoints
import Models
import Tensors

/// Picture and text each alone, brought to one space where those that belong together lie close.
///
/// A second lesson for the same encoders, from which they learn words sooner than from pairs alone;
/// it is no part of the judge.
///
/// Source: Li et al. 2022 (BLIP), section 3.2, image-text contrastive loss.
struct ContrastiveHead {
  private static let prefix = "contrastive."
  private static let width = 64

  private let image: Tensor
  private let text: Tensor
  /// The logarithm of the temperature's inverse.
  private let scale: Tensor

  static func owns(_ name: String) -> Bool { name.hasPrefix(prefix) }

  static func initialWeights(
    _ configuration: BLIPRewardConfiguration, seed: Int
  ) -> [String: Tensor] {
    var generator = TorchGenerator(seed: UInt64(seed) &+ 77)
    func matrix(_ inputs: Int) -> Tensor {
      generator.normal(shape: [width, inputs]) * (1 / Float(inputs).squareRoot())
    }
    return [
      "\(prefix)image.weight": matrix(configuration.vision.width),
      "\(prefix)text.weight": matrix(configuration.text.width),
      // A temperature of 0.1 to begin with.
      "\(prefix)scale": Tensor([2.3], shape: [1]),
    ]
  }

  /// Takes its weights out of the store; nil where there are none.
  init?(taking weights: inout WeightStore, _ configuration: BLIPRewardConfiguration) throws {
    guard weights.contains("\(Self.prefix)scale") else { return nil }
    image = try weights.take(
      "\(Self.prefix)image.weight", shape: [Self.width, configuration.vision.width])
    text = try weights.take(
      "\(Self.prefix)text.weight", shape: [Self.width, configuration.text.width])
    scale = try weights.take("\(Self.prefix)scale", shape: [1])
  }

  static func dropped(from weights: WeightStore) throws -> WeightStore {
    var weights = weights
    for name in weights.unread where owns(name) {
      let rest = try weights.takeAll()
      return WeightStore(tensors: rest.filter { !owns($0.key) })
    }
    return weights
  }

  /// How badly each picture finds its caption among all of the batch, and each caption its picture.
  /// - Parameters:
  ///   - image: `[pictures, tokens, width]`, the first token of which speaks for the picture.
  ///   - text: `[pictures, width]`
  ///   - captions: equal ones are no wrong answers.
  func loss(image: Tensor, text: Tensor, captions: [String]) -> Tensor {
    let count = captions.count
    let first = image.slice(0..<1, axis: 1).reshaped([count, -1])
    let pictures = Self.normalised(first.matrixProduct(self.image, transposingRight: true))
    let texts = Self.normalised(text.matrixProduct(self.text, transposingRight: true))
    var equal = [Float](repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0..<count where row != column && captions[row] == captions[column] {
        equal[row * count + column] = -1e4
      }
    }
    let same = Tensor(equal, shape: [count, count])
    let likeness =
      pictures.matrixProduct(texts, transposingRight: true) * scale.exponential() + same
    return (Self.surprise(likeness) + Self.surprise(likeness.transposed())) * 0.5
  }

  private static func normalised(_ vectors: Tensor) -> Tensor {
    vectors / (vectors.squared().sum(axes: [1]) + 1e-6).squareRoot()
  }

  /// The mean of -log softmax at the diagonal of `[count, count]`.
  private static func surprise(_ likeness: Tensor) -> Tensor {
    let count = likeness.shape[0]
    let diagonal = Tensor(
      (0..<count * count).map { $0 / count == $0 % count ? 1 : 0 }, shape: [count, count])
    return (likeness.logSoftmax() * diagonal).sum() * (-1 / Float(count))
  }
}
