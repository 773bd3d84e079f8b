package import Imaging
package import Models
package import Tensors

/// How pictures become the input of a judge that was trained here.
package struct JudgePixels: Sendable, Equatable {
  /// Pixels of the square's side.
  package let side: Int
  package let statistics: PixelStatistics
  package let view: JudgeView

  package init(side: Int, _ statistics: PixelStatistics, view: JudgeView = .picture) {
    (self.side, self.statistics, self.view) = (side, statistics, view)
  }

  /// What the judge looks at of a picture, each part squeezed into the square (bicubic, antialiased,
  /// cut to 0...1) and normalised: `[view.frames, side, side, 3]`.
  ///
  /// No edited pixel is left out, whatever the view; a map lies over the whole picture.
  /// - Parameters:
  ///   - picture: sRGB in 0...1, of any size.
  ///   - hole: the box around the edited pixels, inside the picture; `nil` shows the whole picture.
  package func tensor(
    of picture: FloatImage, hole: PixelRect? = nil
  ) throws(ImagingError) -> Tensor {
    guard picture.channels == 3 else {
      throw .channelCount(expected: 3, found: picture.channels)
    }
    let (width, height) = (picture.width, picture.height)
    if let hole, !hole.isInside(width: width, height: height) {
      throw .outsidePicture(hole, width: width, height: height)
    }
    var pixels: [Float] = []
    for frame in view.frames(around: hole, width: width, height: height) {
      pixels += try picture.part(frame).resized(
        width: side, height: side, filter: .bicubic, parallel: onTeam
      ).pixels
    }
    let (mean, deviation) = (statistics.mean, statistics.deviation)
    for index in pixels.indices {
      let channel = index % 3
      pixels[index] = (min(1, max(0, pixels[index])) - mean[channel]) / deviation[channel]
    }
    return Tensor(pixels, shape: [view.frames, side, side, 3])
  }
}
