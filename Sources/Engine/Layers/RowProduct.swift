import CKernels
import Compute
import Tensors

/// The rows of every sample times a matrix, with the fused ending.
struct RowProduct {
  let matrix: PackedMatrix
  let bias: Tensor?
  let activation: Activation

  func callAsFunction(_ x: Tensor, shape: Shape, adding residual: Tensor?) -> Tensor {
    let (columns, depth) = (matrix.columns, matrix.depth)
    precondition(residual?.shape ?? shape == shape, "the residual must have shape \(shape)")
    return x.withPointer { source in
      Tensor(shape: shape) { target in
        guard let out = target.baseAddress, target.count > 0 else { return }
        let ending = Ending(bias, activation, residual, start: out)
        PackedProduct(rows: target.count / columns, matrix: matrix).run(
          source, distance: depth, into: out, outDistance: columns
        ) { tile in
          let (row, column) = (tile.rows.lowerBound, tile.columns.lowerBound)
          ending.apply(
            out + row * columns + column, columns, tile.rows.count, column: column,
            tile.columns.count)
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

extension Ending {
  /// For kernels with an ending of their own: where bias and residual of the first output lie.
  func withPointers(_ body: (UnsafePointer<Float>?, Int32, UnsafePointer<Float>?) -> Void) {
    withOptionalPointer(bias) { bias in
      withOptionalPointer(residual) { residual in body(bias, activation.code, residual) }
    }
  }
}

/// A pointer to the values of a tensor that may be absent.
func withOptionalPointer<R>(_ tensor: Tensor?, _ body: (UnsafePointer<Float>?) -> R) -> R {
  guard let tensor else { return body(nil) }
  return tensor.withPointer { body($0) }
}
