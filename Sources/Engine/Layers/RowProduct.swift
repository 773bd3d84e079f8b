import CKernels
import Compute
import Tensors

/// The rows of every sample times a matrix `[out, in]`, with the fused ending.
struct RowProduct {
  let weight: Tensor
  let bias: Tensor?
  let activation: Activation

  func callAsFunction(_ x: Tensor, shape: Shape, adding residual: Tensor?) -> Tensor {
    let (columns, depth) = (weight.shape[0], weight.shape[1])
    let samples = x.shape.rank > 1 ? x.shape[0] : 1
    let rows = samples == 0 || depth == 0 ? 0 : x.count / (samples * depth)
    precondition(residual?.shape ?? shape == shape, "the residual must have shape \(shape)")
    return x.withPointer { source in
      weight.withPointer { weights in
        Tensor(shape: shape) { target in
          guard let out = target.baseAddress, rows > 0 else { return }
          let ending = Ending(bias, activation, residual, start: out)
          TiledProduct(rows: rows, columns: columns, depth: depth).run(
            samples: samples,
            .init(source, rowDistance: depth, sampleDistance: rows * depth),
            .init(weights, rowDistance: depth, sampleDistance: 0, isTransposed: true), into: out
          ) { tile, start, distance in
            ending.apply(start, distance, tile.rows, column: tile.column, tile.columns)
          }
        }
      }
    }
  }
}

/// What follows a product while its tile is still in the cache: bias, activation, residual.
struct Ending {
  private let bias: Tensor?
  private let residual: Tensor?
  private let activation: Activation
  private let start: UnsafeMutablePointer<Float>

  /// - Parameter start: the first value of the whole output, which the residual lies beside.
  init(
    _ bias: Tensor?, _ activation: Activation, _ residual: Tensor?,
    start: UnsafeMutablePointer<Float>
  ) {
    self.bias = bias
    self.residual = residual
    self.activation = activation
    self.start = start
  }

  func apply(
    _ tile: UnsafeMutablePointer<Float>, _ distance: Int, _ rows: Int, column: Int, _ columns: Int
  ) {
    guard bias != nil || residual != nil || activation != .none else { return }
    withOptionalPointer(bias) { bias in
      withOptionalPointer(residual) { residual in
        Kernels.active.epilogue(
          tile, distance, rows, columns, bias.map { $0 + column }, activation.code,
          residual.map { $0 + (tile - start) }, distance)
      }
    }
  }
}

/// A pointer to the values of a tensor that may be absent.
func withOptionalPointer<R>(_ tensor: Tensor?, _ body: (UnsafePointer<Float>?) -> R) -> R {
  guard let tensor else { return body(nil) }
  return tensor.withPointer { body($0) }
}
