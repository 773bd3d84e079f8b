package import Imaging

extension FloatImage {
  /// With detail lost, as a small autoencoder loses it: made smaller by a factor and large again.
  package func softened(by factor: Double) throws(ImagingError) -> FloatImage {
    let small = (
      max(1, Int((Double(width) / factor).rounded())),
      max(1, Int((Double(height) / factor).rounded()))
    )
    return try resized(width: small.0, height: small.1, filter: .bilinear)
      .resized(width: width, height: height, filter: .bilinear)
  }

  /// The same with what lies outside of a hole untouched.
  package func softened(by factor: Double, in hole: Mask) throws(ImagingError) -> FloatImage {
    let soft = try softened(by: factor)
    var result = self
    for (index, coverage) in hole.coverage.enumerated() where coverage != 0 {
      for sample in index * channels..<(index + 1) * channels {
        result.pixels[sample] = soft.pixels[sample]
      }
    }
    return result
  }
}
