import Dispatch
import Imaging
import Testing

struct RegionTests {
  @Test func `a profiled region comes in sRGB`() throws {
    for entry in Golden.index.regions {
      let picture = try ImageDecoder.decode(Golden.bytes(entry.file))
      let region = try picture.region(picture.bounds)
      let expected = try Golden.bytes(entry.expected)
      let worst = zip(region.pixels, expected).map { abs($0 * 255 - Float($1)) }.max()
      #expect(try #require(worst) <= 2, "\(entry.file)")
      let shown = picture.samples.map { Float($0) / (picture.depth == 8 ? 1 : 257) }
      let shift = zip(shown, expected).map { abs($0 - Float($1)) }.max()
      #expect(try #require(shift) > 20, "the profile must matter")
    }
    #expect(Golden.index.regions.count == 2)
  }

  @Test(arguments: [8, 16], [3, 4])
  func `a region without a profile is the stored number`(_ depth: Int, _ channels: Int) throws {
    var generator = SeededGenerator(UInt64(depth + channels))
    let picture = try Picture.random(
      width: 9, height: 7, channels: channels, depth: depth, using: &generator)
    let rect = PixelRect(x: 2, y: 3, width: 5, height: 4)
    let region = try picture.region(rect)
    let samples = picture.samples
    for y in 0..<4 {
      for x in 0..<5 {
        for k in 0..<3 {
          let sample = samples[((y + 3) * 9 + x + 2) * channels + k]
          #expect(region[x, y, k] == Float(sample) / Float(1 << depth - 1))
        }
      }
    }
  }

  @Test func `a region scaled on the way equals one scaled afterwards`() throws {
    var generator = SeededGenerator(5)
    let picture = try Picture.random(
      width: 50, height: 37, channels: 4, depth: 8, using: &generator)
    let rect = PixelRect(x: 3, y: 1, width: 44, height: 35)
    for (width, height) in [(20, 20), (60, 35), (44, 12), (90, 80)] {
      let together = try picture.region(rect, size: (width, height))
      let apart = try picture.region(rect).resized(width: width, height: height)
      #expect(together == apart)
    }
  }

  @Test func `a background shows through transparent pixels`() throws {
    let picture = try Picture(
      width: 2, height: 1, channels: 4, samples: [255, 0, 51, 0, 255, 0, 51, 51])
    let region = try picture.region(picture.bounds, background: 0.5)
    #expect(region.pixels[0..<3] == [0.5, 0.5, 0.5])
    #expect(abs(region.pixels[3] - 0.6) < 1e-6 && abs(region.pixels[5] - 0.44) < 1e-6)
  }

  @Test func `regions outside the picture are refused`() throws {
    var picture = try Picture(
      width: 2, height: 2, channels: 3, samples: .init(repeating: 0, count: 12))
    let fill = FloatImage(repeating: 0, width: 2, height: 2, channels: 3)
    let mask = try Mask(width: 2, height: 2, coverage: [255, 255, 255, 255])
    for rect in [
      PixelRect(x: 1, y: 0, width: 2, height: 2), PixelRect(x: -1, y: 0, width: 1, height: 1),
      PixelRect(x: 0, y: 0, width: 0, height: 1), PixelRect(x: Int.max, y: 0, width: 1, height: 1),
      PixelRect(x: 0, y: 0, width: Int.max, height: Int.max),
    ] {
      #expect(throws: ImagingError.self) { try picture.region(rect) }
      #expect(throws: ImagingError.self) { try picture.blend(fill, weights: mask, into: rect) }
      #expect(throws: ImagingError.self) { try mask.region(rect) }
    }
  }

  @Test(arguments: ["wide8.png", "wide16.png"])
  func `a colour goes to the profile and comes back`(_ name: String) throws {
    var picture = try ImageDecoder.decode(Golden.bytes(name))
    var generator = SeededGenerator(11)
    let pixels = (0..<picture.width * picture.height * 3).map { _ in
      Float.random(in: 0.1...0.9, using: &generator)
    }
    let fill = try FloatImage(
      width: picture.width, height: picture.height, channels: 3, pixels: pixels)
    let all = try Mask(
      width: picture.width, height: picture.height,
      coverage: .init(repeating: 255, count: picture.width * picture.height))
    try picture.blend(fill, weights: all, into: picture.bounds)
    let back = try picture.region(picture.bounds)
    let worst = zip(back.pixels, pixels).map { abs($0 - $1) }.max()
    #expect(try #require(worst) < (picture.depth == 8 ? 0.02 : 0.0005))
  }

  @Test func `weights mix, and nothing is touched where they are 0`() throws {
    let samples: [UInt8] = [10, 20, 30, 7, 10, 20, 30, 7, 10, 20, 30, 7]
    var picture = try Picture(width: 3, height: 1, channels: 4, samples: samples)
    let fill = try FloatImage(
      width: 3, height: 1, channels: 3, pixels: [1, 1, 1, 1, 0, .nan, -5, 7, 0.5])
    let weights = try Mask(width: 3, height: 1, coverage: [0, 51, 255])
    try picture.blend(fill, weights: weights, into: picture.bounds)
    #expect(picture.pixels == [10, 20, 30, 7, 59, 16, 24, 255, 0, 255, 128, 255])
  }

  @Test func `a smaller fill is scaled up while blending`() throws {
    var generator = SeededGenerator(21)
    let fill = try FloatImage(
      width: 8, height: 6, channels: 3,
      pixels: (0..<144).map { _ in Float.random(in: 0...1, using: &generator) })
    let mask = try Mask.random(width: 50, height: 40, share: 0.5, using: &generator)
    let rect = PixelRect(x: 4, y: 5, width: 40, height: 30)
    var first = try Picture.random(width: 50, height: 40, channels: 3, depth: 16, using: &generator)
    var second = first
    try first.blend(fill, weights: mask, into: rect)
    try second.blend(
      fill.resized(width: 40, height: 30, filter: .bicubic), weights: mask, into: rect)
    #expect(first == second)
  }

  @Test(arguments: [8, 16])
  func `threads do not change a bit`(_ depth: Int) throws {
    func onThreads(_ count: Int, _ body: (Int) -> Void) {
      withoutActuallyEscaping(body) { body in
        // The callers write to separate rows; the type cannot say so.
        nonisolated(unsafe) let work = body
        DispatchQueue.concurrentPerform(iterations: count) { work($0) }
      }
    }
    var generator = SeededGenerator(31)
    let wide = try #require(ICCProfile(Golden.bytes("wide.icc")))
    let picture = try Picture.random(
      width: 90, height: 130, channels: 4, depth: depth, profile: wide, using: &generator)
    let mask = try Mask.random(width: 90, height: 130, share: 0.7, using: &generator)
    let size = (width: 40, height: 50)
    let fill = try picture.region(picture.bounds, size: size)
    #expect(try fill == picture.region(picture.bounds, size: size, parallel: onThreads))
    for rect in [picture.bounds, PixelRect(x: 1, y: 2, width: 30, height: 40)] {
      var first = picture
      var second = picture
      try first.blend(fill, weights: mask, into: rect)
      try second.blend(fill, weights: mask, into: rect, parallel: onThreads)
      #expect(first == second && first != picture)
    }
  }
}
