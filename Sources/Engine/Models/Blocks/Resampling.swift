import Checkpoints
import Layers
import Tensors

/// Halves height and width by a convolution of stride 2 (diffusers `Downsample2D`).
struct Downsampler: Sendable {
  private let convolution: Convolution2D

  /// - Parameter isAsymmetric: zeros stand below and to the right alone, as autoencoders want it;
  ///   else all around.
  init(
    _ name: String, channels: Int, isAsymmetric: Bool, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    convolution = try weights.convolution(
      "\(name).conv", from: channels, to: channels, stride: 2,
      padding: isAsymmetric ? Padding(top: 0, left: 0, bottom: 1, right: 1) : .same(1))
  }

  func callAsFunction(_ x: Tensor) -> Tensor { convolution(x) }

  /// The same strip by strip, for the asymmetric kind.
  func callAsFunction(_ x: StripedMap) -> StripedMap { x.halved(by: convolution) }
}

/// Doubles height and width by repetition, then convolves (diffusers `Upsample2D`).
struct Upsampler: Sendable {
  private let convolution: Convolution2D

  init(
    _ name: String, channels: Int, _ weights: inout WeightStore
  ) throws(CheckpointError) {
    convolution = try weights.convolution("\(name).conv", from: channels, to: channels)
  }

  /// - Parameter size: height and width wanted; at most one row and column short of the double,
  ///   which is what the nearest neighbour gives for odd sizes.
  func callAsFunction(_ x: Tensor, size: (height: Int, width: Int)? = nil) -> Tensor {
    var doubled = upsampledNearest2x(x)
    if let size, doubled.shape[1] != size.height {
      doubled = doubled.slice(0..<size.height, axis: 1)
    }
    if let size, doubled.shape[2] != size.width {
      doubled = doubled.slice(0..<size.width, axis: 2)
    }
    return convolution(doubled)
  }

  /// The same strip by strip.
  func callAsFunction(_ x: StripedMap) -> StripedMap {
    x.doubled().convolved(by: convolution)
  }
}
