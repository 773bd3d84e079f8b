import CKernels
import Compute
package import Tensors

/// The mean of every square of pixels: `[batch, h, w, channels]` to
/// `[batch, h / size, w / size, channels]`; rows and columns that fill no square are left out.
package func averagePooled(_ x: Tensor, size: Int = 2) -> Tensor {
  precondition(x.shape.rank == 4 && size > 0, "cannot pool \(x.shape) by \(size)")
  let scale = 1 / Float(size * size)
  return pooled(x, size: size, scale: scale).recorded("average pooling", [x]) {
    [shape = x.shape] gradient in
    [spread(gradient, size: size, scale: scale, to: shape)]
  }
}

/// The sum of every square of pixels times a factor, off the tape.
func pooled(_ x: Tensor, size: Int, scale: Float) -> Tensor {
  let (width, channels) = (x.shape[2], x.shape[3])
  let result: Shape = [x.shape[0], x.shape[1] / size, width / size, channels]
  return x.withPointer { source in
    Tensor(shape: result) { target in
      guard let out = target.baseAddress, target.count > 0 else { return }
      ThreadTeam.current.forEach(result[0] * result[1]) { line in
        let (sample, row) = line.quotientAndRemainder(dividingBy: result[1])
        Kernels.active.pool_line(
          source + (sample * x.shape[1] + row * size) * width * channels, width * channels,
          result[2], channels, size, scale, out + line * result[2] * channels)
      }
    }
  }
}

/// Every pixel times a factor as a square, zeros where no square reaches, off the tape.
private func spread(_ x: Tensor, size: Int, scale: Float, to shape: Shape) -> Tensor {
  let (height, width, channels) = (x.shape[1], x.shape[2], x.shape[3])
  return x.withPointer { source in
    Tensor(shape: shape) { target in
      guard let out = target.baseAddress, target.count > 0 else { return }
      let run = shape[2] * channels
      if height * size != shape[1] || width * size != shape[2] { target.initialize(repeating: 0) }
      ThreadTeam.current.forEach(shape[0] * height) { line in
        let (sample, row) = line.quotientAndRemainder(dividingBy: height)
        let first = out + (sample * shape[1] + row * size) * run
        Kernels.active.spread_line(
          source + line * width * channels, width, channels, size, scale, first)
        for other in 1..<max(size, 2) where other < size {
          (first + other * run).update(from: first, count: run)
        }
      }
    }
  }
}
