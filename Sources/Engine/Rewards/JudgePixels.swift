package import Imaging
package import Models
package import Tensors

/// How pictures become the input of a judge that was trained here.
package struct JudgePixels: Sendable, Equatable {
  /// Pixels of the square's side.
  package let side: Int
  package let statistics: PixelStatistics

  package init(side: Int, _ statistics: PixelStatistics) {
    (self.side, self.statistics) = (side, statistics)
  }

  /// The whole picture squeezed into the square (bicubic, antialiased, cut to 0...1) and normalised:
  /// `[1, side, side, 3]`.
  ///
  /// Nothing is cropped, so that the judge sees every edited pixel and a map lies over all of it.
  package func tensor(of picture: FloatImage) throws(ImagingError) -> Tensor {
    guard picture.channels == 3 else {
      throw .channelCount(expected: 3, found: picture.channels)
    }
    var pixels = try picture.resized(
      width: side, height: side, filter: .bicubic, parallel: onTeam
    ).pixels
    let (mean, deviation) = (statistics.mean, statistics.deviation)
    for index in pixels.indices {
      let channel = index % 3
      pixels[index] = (min(1, max(0, pixels[index])) - mean[channel]) / deviation[channel]
    }
    return Tensor(pixels, shape: [1, side, side, 3])
  }
}
