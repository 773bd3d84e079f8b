import Compute
import Tensors

/// The weights of a layer as a matrix `[out, ...in]`: packed for products, or as a tensor while
/// they are being trained.
struct LayerWeights: Sendable {
  /// `[out, ...]`; what follows the first axis is the depth of products.
  let shape: Shape

  private enum Form {
    case packed(PackedMatrix)
    case values(Tensor)
  }

  private let form: Form

  /// Packs the weights, unless they are watched.
  init(_ weights: Tensor, storage: WeightStorage) {
    shape = weights.shape
    form = weights.isWatched ? .values(weights) : .packed(Self.pack(weights, storage))
  }

  /// Weights for one use, or a few: each use packs them.
  init(unpacked weights: Tensor) {
    shape = weights.shape
    form = .values(weights)
  }

  var outputs: Int { shape[0] }
  var depth: Int { shape.count(of: 1..<shape.rank) }

  /// The weights, if they are being trained.
  var watched: Tensor? {
    if case .values(let weights) = form, weights.isWatched { weights } else { nil }
  }

  /// The same weights, off the tape.
  var detached: LayerWeights {
    if case .values(let weights) = form { LayerWeights(unpacked: weights.detached) } else { self }
  }

  /// The matrix for products: packed for this one use where the weights are being trained.
  var matrix: PackedMatrix {
    switch form {
    case .packed(let matrix): matrix
    case .values(let weights): Self.pack(weights, .float32, isTemporary: true)
    }
  }

  /// The weights as a tensor; unpacked (and off the tape) where they are kept packed.
  var tensor: Tensor {
    switch form {
    case .values(let weights): weights
    case .packed(let matrix):
      Tensor(shape: shape) { target in
        if let start = target.baseAddress { matrix.unpack(into: start) }
      }
    }
  }

  /// A matrix `[rows, columns]` for products with its rows, for one use: what flows back through a
  /// layer meets its weights the other way round.
  static func matrix(of weights: Tensor) -> PackedMatrix {
    let (depth, columns) = (weights.shape[0], weights.shape[1])
    return weights.withPointer { start in
      PackedMatrix(
        .init(start, depthDistance: columns, columnDistance: 1), depth: depth, columns: columns,
        isTemporary: true)
    }
  }

  private static func pack(
    _ weights: Tensor, _ storage: WeightStorage, isTemporary: Bool = false
  ) -> PackedMatrix {
    let depth = weights.shape.count(of: 1..<weights.shape.rank)
    return weights.withPointer { start in
      PackedMatrix(
        .init(start, depthDistance: 1, columnDistance: depth), depth: depth,
        columns: weights.shape[0], storage: storage, isTemporary: isTemporary)
    }
  }
}
