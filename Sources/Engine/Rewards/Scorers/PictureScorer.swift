package import Imaging

/// A published model that gives one number for a picture, or for a picture and its prompt.
package protocol PictureScorer: Sendable {
  /// What it is and of which size, such as `CLIPScore (ViT-B/32)`; stands beside every number.
  var name: String { get }

  /// The score in its authors' unit.
  ///
  /// - Parameters:
  ///   - picture: sRGB in 0...1, of any size; grey and RGBA pictures, too.
  ///   - prompt: passed over by scorers that look at the picture alone.
  func score(_ picture: FloatImage, prompt: String) throws -> Double
}
