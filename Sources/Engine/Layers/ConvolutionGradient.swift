import CKernels
import Compute
import Tensors

/// The gradients of one convolution; a function of its shapes alone.
struct ConvolutionGradient: Sendable {
  /// The shape `[batch, height, width, in]`.
  let input: Shape
  /// The shape `[out, kernel height, kernel width, in]`.
  let kernel: Shape
  /// The shape `[batch, height', width', out]`.
  let output: Shape
  let stride: Int
  let padding: Padding

  /// Values that one output pixel sees.
  private var depth: Int { kernel.count(of: 1..<4) }
  /// Output pixels of a sample.
  private var rows: Int { output[1] * output[2] }

  // MARK: Input

  /// With stride 1 a convolution of the output's gradient with the kernel turned round, by
  /// `convolve`; else a product that gives the patches' gradients, which are then added up.
  func ofInput(
    _ gradient: Tensor, _ kernel: Tensor, convolve: (Tensor, Tensor, Padding) -> Tensor
  ) -> Tensor {
    let (height, width) = (self.kernel[1] - 1, self.kernel[2] - 1)
    let around = Padding(
      top: height - padding.top, left: width - padding.left, bottom: height - padding.bottom,
      right: width - padding.right)
    guard stride == 1, min(around.top, around.left, around.bottom, around.right) >= 0,
      gradient.count > 0
    else { return addedPatches(gradient, kernel) }
    return convolve(gradient, turned(kernel), around)
  }

  /// The kernel for the way back, `[in, kernel height, kernel width, out]`, its taps in reverse.
  private func turned(_ kernel: Tensor) -> Tensor {
    let (out, taps, channels) = (self.kernel[0], self.kernel[1] * self.kernel[2], self.kernel[3])
    return kernel.withPointer { source in
      Tensor(shape: [channels, self.kernel[1], self.kernel[2], out]) { target in
        guard let turned = target.baseAddress else { return }
        ThreadTeam.current.forEach(taps) { tap in
          ck_transpose(
            source + tap * channels, taps * channels, out, channels,
            turned + (taps - 1 - tap) * out, taps * out)
        }
      }
    }
  }

  private func addedPatches(_ gradient: Tensor, _ kernel: Tensor) -> Tensor {
    // At most 64 MiB of patches at once; how samples are grouped changes no bit of a result.
    let some = min(input[0], max(1, 1 << 24 / max(rows * depth, 1)))
    return gradient.withPointer { gradient in
      kernel.withPointer { kernel in
        Tensor(shape: input) { target in
          guard let out = target.baseAddress, target.count > 0 else { return }
          BufferPool.current.withBuffer(some * rows * depth) { patches in
            for first in Swift.stride(from: 0, to: input[0], by: some) {
              let count = min(some, input[0] - first)
              multiply(gradient + first * rows * output[3], kernel, count, into: patches)
              add(patches, count, into: out + first * input.count(of: 1..<4))
            }
          }
        }
      }
    }
  }

  private func multiply(
    _ gradient: UnsafePointer<Float>, _ kernel: UnsafePointer<Float>, _ samples: Int,
    into patches: UnsafeMutablePointer<Float>
  ) {
    TiledProduct(rows: rows, columns: depth, depth: output[3]).run(
      samples: samples,
      .init(gradient, rowDistance: output[3], sampleDistance: rows * output[3]),
      .init(kernel, rowDistance: depth, sampleDistance: 0), into: patches)
  }

  private func add(
    _ patches: UnsafePointer<Float>, _ samples: Int, into out: UnsafeMutablePointer<Float>
  ) {
    ThreadTeam.current.forEach(samples * input[1]) { index in
      let (sample, line) = index.quotientAndRemainder(dividingBy: input[1])
      Kernels.active.unpatch_line(
        patches + sample * rows * depth, input[2], input[3], kernel[1], kernel[2], stride,
        padding.top, padding.left, output[1], output[2], line, out + index * input[2] * input[3])
    }
  }

  // MARK: Kernel

  /// The sum over all output pixels of their gradient times the patch that they see.
  func ofKernel(_ gradient: Tensor, _ x: Tensor) -> Tensor {
    gradient.withPointer { flowing in
      x.withPointer { x in
        Tensor(shape: kernel) { target in
          guard let out = target.baseAddress else { return }
          let plan = ConvolutionPlan(
            input: input, kernel: kernel, stride: stride, padding: padding)
          if plan.isWinograd, gradient.count > 0 {
            return WinogradGradient(plan).run(x, flowing, into: out)
          }
          let isPointwise = depth == input[3] && stride == 1 && padding == .none
          OuterProductSum(rows: input[0] * rows, height: kernel[0], width: depth).run(
            flowing, isPointwise ? .stored(x) : .made { fill($0, x, $1) }, into: out)
        }
      }
    }
  }

  /// The patches of some output pixels, which may belong to several samples.
  private func fill(
    _ range: Range<Int>, _ x: UnsafePointer<Float>, _ patches: UnsafeMutablePointer<Float>
  ) {
    var row = range.lowerBound
    while row < range.upperBound {
      let (sample, first) = row.quotientAndRemainder(dividingBy: rows)
      let count = min(rows - first, range.upperBound - row)
      ck_patches(
        x + sample * input.count(of: 1..<4), input[1], input[2], input[3], kernel[1], kernel[2],
        stride, padding.top, padding.left, output[2], first, count,
        patches + (row - range.lowerBound) * depth)
      row += count
    }
  }
}
