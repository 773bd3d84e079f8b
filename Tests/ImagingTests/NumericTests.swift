import Imaging
import Testing

struct NumericTests {
  @Test func `resizing equals Pillow's`() throws {
    let source = try FloatImage(
      width: 31, height: 23, channels: 1, pixels: Golden.floats("resize.f32"))
    #expect(Golden.index.resizes.count == 24)
    for entry in Golden.index.resizes {
      let filter = try #require(ResampleFilter(rawValue: entry.filter))
      let result = try source.resized(width: entry.width, height: entry.height, filter: filter)
      let worst = zip(result.pixels, try Golden.floats(entry.file)).map { abs($0 - $1) }.max()
      #expect(try #require(worst) <= 1e-5, "\(entry.file)")
    }
  }

  @Test func `three channels resize as three single ones`() throws {
    var generator = SeededGenerator(3)
    let planes = (0..<3).map { _ in
      (0..<17 * 12).map { _ in Float.random(in: 0...1, using: &generator) }
    }
    let mixed = (0..<17 * 12).flatMap { index in planes.map { $0[index] } }
    let picture = try FloatImage(width: 17, height: 12, channels: 3, pixels: mixed)
      .resized(width: 9, height: 25, filter: .lanczos3)
    for channel in 0..<3 {
      let plane = try FloatImage(width: 17, height: 12, channels: 1, pixels: planes[channel])
        .resized(width: 9, height: 25, filter: .lanczos3)
      let worst = plane.pixels.indices.map {
        abs(plane.pixels[$0] - picture.pixels[$0 * 3 + channel])
      }.max()
      #expect(try #require(worst) <= 1e-6)
    }
  }

  @Test func `push-pull equals its definition`() throws {
    #expect(Golden.index.pushpulls.count == 5)
    for entry in Golden.index.pushpulls {
      let numbers = try Golden.floats(entry.file)
      let count = entry.width * entry.height
      let image = try FloatImage(
        width: entry.width, height: entry.height, channels: 3,
        pixels: Array(numbers[..<(3 * count)]))
      let weights = try FloatImage(
        width: entry.width, height: entry.height, channels: 1,
        pixels: Array(numbers[3 * count..<4 * count]))
      let filled = try image.pushPull(weights: weights)
      let worst = zip(filled.pixels, numbers[(4 * count)...]).map { abs($0 - $1) }.max()
      #expect(try #require(worst) <= 2e-6, "\(entry.file)")
    }
  }

  @Test func `push-pull keeps known pixels and ignores what unknown ones hold`() throws {
    var pixels = [Float](repeating: 0.25, count: 12 * 9)
    pixels[40] = .nan
    pixels[41] = 1e30
    var weights = FloatImage(repeating: 1, width: 12, height: 9, channels: 1)
    weights.pixels[40] = 0
    weights.pixels[41] = 0
    let image = try FloatImage(width: 12, height: 9, channels: 1, pixels: pixels)
    #expect(try image.pushPull(weights: weights).pixels.allSatisfy { abs($0 - 0.25) < 1e-6 })
    let nothing = FloatImage(repeating: 0, width: 12, height: 9, channels: 1)
    #expect(try image.pushPull(weights: nothing).pixels.allSatisfy { $0 == 0.5 })
  }

  @Test func `the latent mask by nearest equals torch's`() throws {
    #expect(Golden.index.nearest.count == 4)
    for entry in Golden.index.nearest {
      let bytes = try Golden.bytes(entry.file)
      let count = entry.width * entry.height
      let mask = try Mask(
        width: entry.width, height: entry.height, coverage: Array(bytes[..<count]))
      let latent = try mask.latentByNearest(width: entry.toWidth, height: entry.toHeight)
      #expect(latent.pixels.map { $0 == 1 ? 255 : 0 } == Array(bytes[count...]), "\(entry.file)")
    }
  }

  @Test func `the latent mask by maximum sees every edited pixel`() throws {
    var coverage = [UInt8](repeating: 0, count: 32 * 24)
    coverage[9 * 32 + 31] = 1
    let mask = try Mask(width: 32, height: 24, coverage: coverage)
    let latent = try mask.latentByMaximum(factor: 8)
    #expect(latent.width == 4 && latent.height == 3)
    #expect(latent.pixels == [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0])
    #expect(throws: ImagingError.self) { try mask.latentByMaximum(factor: 7) }
  }

  @Test func `a mask scaled either way covers what it covered`() throws {
    var generator = SeededGenerator(8)
    let mask = try Mask.random(width: 40, height: 31, share: 0.1, using: &generator)
    for (width, height) in [(7, 5), (64, 50), (40, 9), (1, 1)] {
      let scaled = try mask.resizedCovering(width: width, height: height)
      for y in 0..<31 {
        for x in 0..<40 where mask[x, y] != 0 {
          let (left, right) = (x * width / 40, ((x + 1) * width - 1) / 40)
          let (top, bottom) = (y * height / 31, ((y + 1) * height - 1) / 31)
          for sy in top...bottom { for sx in left...right { #expect(scaled[sx, sy] == 255) } }
        }
      }
      #expect(scaled.coverage.contains(255))
    }
  }
}
