package import Tensors

extension TorchGenerator {
  /// Standard normal values `[batch, height, width, channels]`, drawn as the reference does:
  /// channels before rows.
  package mutating func latentNoise(_ shape: Shape) -> Tensor {
    normal(shape: [shape[0], shape[3], shape[1], shape[2]]).nchwToNHWC()
  }
}
