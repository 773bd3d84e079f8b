import Compute
import Glibc
package import Imaging

/// What the coherence judge says of every pixel: R_gamma, and the probability of being real.
package struct CoherenceMap: Sendable, Equatable {
  /// R_gamma, `[height, width, 1]`: above 0 a pixel looks real, below 0 generated.
  package let rewards: FloatImage

  /// - Parameter rewards: one channel; the judge's logits.
  package init(rewards: FloatImage) throws(ImagingError) {
    guard rewards.channels == 1 else {
      throw .channelCount(expected: 1, found: rewards.channels)
    }
    self.rewards = rewards
  }

  package var width: Int { rewards.width }
  package var height: Int { rewards.height }

  /// The probability that a pixel is real, 0...1, `[height, width, 1]`.
  package var probabilities: FloatImage {
    var image = rewards
    for index in image.pixels.indices { image.pixels[index] = 1 / (1 + expf(-image.pixels[index])) }
    return image
  }

  /// The map at another size, half-pixel centres.
  package func resized(width: Int, height: Int) throws(ImagingError) -> CoherenceMap {
    try CoherenceMap(
      rewards: try rewards.resized(
        width: width, height: height, filter: .bilinear, parallel: onTeam))
  }

  /// R_gamma of a picture: the mean over the hole's pixels, or over all where there is no hole.
  ///
  /// Summed in double precision, row by row, so that nothing but the map decides the bits.
  /// - Parameter hole: of the map's size; 0 is outside.
  /// - Throws: `ImagingError` for a hole of another size.
  package func meanReward(over hole: Mask? = nil) throws(ImagingError) -> Double {
    try hole?.check(width: width, height: height)
    var (sum, count) = (0.0, 0)
    for index in rewards.pixels.indices {
      if let hole, hole.coverage[index] == 0 { continue }
      sum += Double(rewards.pixels[index])
      count += 1
    }
    return count > 0 ? sum / Double(count) : 0
  }
}

/// Imaging's loops on the current team of threads.
func onTeam(_ count: Int, _ body: (Int) -> Void) {
  ThreadTeam.current.forEach(count, body)
}
