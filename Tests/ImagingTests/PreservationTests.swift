import Imaging
import Testing

/// The promise: pixels outside the mask equal the input's, bit for bit in PNG.
struct PreservationTests {
  @Test func `pixels outside the hole survive edit, PNG and decoding`() throws {
    var generator = SeededGenerator(2026)
    let wide = try #require(ICCProfile(Golden.bytes("wide.icc")))
    for round in 0..<300 {
      let width = Int.random(in: 1...40, using: &generator)
      let height = Int.random(in: 1...40, using: &generator)
      let original = try Picture.random(
        width: width, height: height, channels: round % 2 + 3, depth: round % 3 == 0 ? 16 : 8,
        profile: round % 5 == 0 ? wide : nil, using: &generator)
      var mask = try Mask.random(
        width: width, height: height, share: [0.02, 0.5, 1][round % 3], using: &generator)
      mask.grow(
        by: Int.random(in: 0...3, using: &generator), shape: round % 2 == 0 ? .round : .square)
      let weights = mask.feathered(by: Int.random(in: 0...5, using: &generator))
      var edited = original
      let fill = FloatImage(
        repeating: Float.random(in: 0...1, using: &generator), width: max(1, width / 2),
        height: height, channels: 3)
      try edited.blend(fill, weights: weights, into: original.bounds)
      let encoded = try ImageEncoder.png(edited)
      let difference = try PreservedDifference(original: original, encoded: encoded, mask: mask)
      #expect(difference.maxAbsDiff == 0 && difference.differingShare == 0)
      #expect(difference.pixelCount == width * height - mask.count)
      try Self.compare(original, ImageDecoder.decode(encoded), mask)
    }
  }

  /// The same without the code that reports it; alpha in the hole is opaque.
  static func compare(_ original: Picture, _ result: Picture, _ mask: Mask) throws {
    let (before, after) = (original.samples, result.samples)
    let opaque = original.depth == 8 ? 255 : 65_535
    for index in mask.coverage.indices {
      let pixel = index * original.channels..<(index + 1) * original.channels
      if mask.coverage[index] == 0 {
        #expect(before[pixel] == after[pixel])
      } else if original.channels == 4 {
        #expect(after[pixel.upperBound - 1] == opaque)
      }
    }
  }

  @Test func `a changed pixel is noticed`() throws {
    var generator = SeededGenerator(1)
    let original = try Picture.random(width: 6, height: 5, channels: 4, depth: 8, using: &generator)
    var coverage = [UInt8](repeating: 0, count: 30)
    coverage[0] = 255
    let mask = try Mask(width: 6, height: 5, coverage: coverage)
    var samples = original.pixels
    samples[0] ^= 0xFF
    samples[4 * 7 + 3] ^= 0x40
    samples[4 * 9] ^= 1
    let changed = try Picture(width: 6, height: 5, channels: 4, samples: samples)
    let difference = try PreservedDifference(
      original: original, encoded: ImageEncoder.png(changed), mask: mask)
    #expect(difference.maxAbsDiff == 64)
    #expect(difference.pixelCount == 29)
    #expect(difference.differingShare == 2.0 / 29)
  }

  @Test func `JPEG reports its real difference`() throws {
    var generator = SeededGenerator(4)
    let original = try Picture.random(
      width: 32, height: 32, channels: 4, depth: 16, using: &generator)
    let mask = try Mask(width: 32, height: 32, coverage: .init(repeating: 0, count: 1024))
    let encoded = try ImageEncoder.jpeg(original, quality: 50)
    let difference = try PreservedDifference(original: original, encoded: encoded, mask: mask)
    #expect(difference.maxAbsDiff > 10 && difference.differingShare > 0.5)
    let grey = try Picture(
      width: 16, height: 16, channels: 3, samples: .init(repeating: 128, count: 768))
    let flat = try PreservedDifference(
      original: grey, encoded: ImageEncoder.jpeg(grey),
      mask: Mask(width: 16, height: 16, coverage: .init(repeating: 0, count: 256)))
    #expect(flat.maxAbsDiff <= 1)
  }
}
