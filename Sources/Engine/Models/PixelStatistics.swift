/// Of each channel, what is taken off a picture in 0...1 before a network sees it, and what it is
/// then divided by.
package struct PixelStatistics: Sendable, Equatable {
  package var mean: [Float]
  package var deviation: [Float]

  package init(mean: [Float], deviation: [Float]) {
    (self.mean, self.deviation) = (mean, deviation)
  }

  /// Those of CLIP, which BLIP and ImageReward keep.
  package static let clip = PixelStatistics(
    mean: [0.48145466, 0.4578275, 0.40821073], deviation: [0.26862954, 0.26130258, 0.27577711])

  /// Brings 0...1 to -1...1.
  package static let symmetric = PixelStatistics(
    mean: [0.5, 0.5, 0.5], deviation: [0.5, 0.5, 0.5])

  /// Reads the keys `image_mean` and `image_std`.
  init(_ reader: inout ConfigurationReader) throws(ModelError) {
    mean = try reader.numbers("image_mean", count: 3, in: -10...10, default: Self.clip.mean)
    deviation = try reader.numbers(
      "image_std", count: 3, in: 1e-6...10, default: Self.clip.deviation)
  }

  /// The members of a `config.json` that `init` reads.
  var members: [(key: String, text: String)] {
    [("image_mean", "\(mean)"), ("image_std", "\(deviation)")]
  }
}
