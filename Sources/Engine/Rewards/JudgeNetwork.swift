package import Imaging

/// A network that gives one number for a picture and a text.
package protocol PictureJudgeNetwork: Sendable {
  /// The reward before it is standardised.
  ///
  /// - Parameters:
  ///   - picture: sRGB in 0...1, of any size.
  ///   - hole: the box around what was edited; `nil` where nothing is known of it.
  ///   - text: the prompt; empty where there is none.
  func reward(of picture: FloatImage, hole: PixelRect?, text: String) throws -> Double
}

/// A network that gives a number for every pixel.
package protocol PixelJudgeNetwork: Sendable {
  /// Logits, positive = real, at the network's own size.
  ///
  /// - Parameter picture: sRGB in 0...1, of any size; the map lies over all of it.
  func rewards(of picture: FloatImage) throws -> CoherenceMap
}
