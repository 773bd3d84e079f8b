import Layers
import Tensors

/// The two factors of one layer's change, as an adapter stores them.
struct LowRankFactors: Sendable {
  /// The down factor's name in the file, for messages.
  let name: String
  /// `[rank, in]` or `[rank, in, height, width]`.
  private let down: Tensor
  /// `[out, rank]`.
  private let up: Tensor
  private let scale: Float

  /// - Parameter scale: of a rank.
  /// - Throws: where the two do not fit each other.
  init(
    name: String, down: Tensor, up: Tensor, path: String, scale: (Int) -> Double
  ) throws(ModelError) {
    let rank = down.shape.rank == 0 ? 0 : down.shape[0]
    let pixels = up.shape.rank == 4 ? up.shape[2] * up.shape[3] : 1
    guard [2, 4].contains(down.shape.rank), [2, 4].contains(up.shape.rank), rank > 0,
      up.shape[1] == rank, pixels == 1, down.count > 0, up.count > 0
    else {
      throw .unusableAdapter(
        path: path, key: name,
        reason: "has shape \(down.shape) and its counterpart \(up.shape), which give no product of "
          + "low rank; export the adapter again")
    }
    self.name = name
    self.down = down
    self.up = up.sharingValues(shape: [up.shape[0], rank])
    self.scale = Float(scale(rank))
    guard self.scale.isFinite else {
      throw .unusableAdapter(path: path, key: name, reason: "has an alpha that is no number")
    }
  }

  /// Whether the factors make a change of the layer's weights.
  func fits(_ site: LayerSite) -> Bool {
    guard up.shape[0] == site.outputs, down.shape[1] == site.inputs else { return false }
    let kernel = down.shape.rank == 4 ? [down.shape[2], down.shape[3]] : [1, 1]
    return kernel == [site.kernel, site.kernel]
  }

  /// `[out, in]` or `[out, in, height, width]`, for messages.
  var shape: String {
    "[" + ([up.shape[0]] + down.shape.extents.dropFirst()).map(String.init).joined(separator: ", ")
      + "]"
  }

  /// The change computed beside a layer that it fits.
  func lowRank(_ site: LayerSite) -> LowRank {
    guard site.isConvolution else {
      return LowRank(
        down: down.sharingValues(shape: [down.shape[0], site.inputs]), up: up, scale: scale)
    }
    return LowRank(
      down: down.sharingValues(shape: [down.shape[0], site.inputs, site.kernel, site.kernel]),
      stride: site.stride, padding: site.padding, up: up, scale: scale)
  }

  /// The change itself, in the shape of the weights that it is added to.
  func change(shape: Shape, weight: Float) -> Tensor {
    let rank = down.shape[0]
    let flat = down.sharingValues(shape: [rank, down.count / rank])
    return (up * (scale * weight)).matrixProduct(flat).reshaped(shape)
  }
}
