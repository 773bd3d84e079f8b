import Imaging
import Testing

struct SeamTests {
  /// A gentle picture with some texture, `[height, width, 3]`.
  static func scene(_ width: Int, _ height: Int, texture: Float = 0.01) -> FloatImage {
    var generator = SeededGenerator(77)
    var image = FloatImage(repeating: 0, width: width, height: height, channels: 3)
    for index in image.pixels.indices {
      let (x, y) = (Float(index / 3 % width), Float(index / 3 / width))
      image.pixels[index] =
        0.3 + 0.3 * x / Float(width) + 0.2 * y / Float(height)
        + Float.random(in: -texture...texture, using: &generator)
    }
    return image
  }

  static func box(_ width: Int, _ height: Int, _ rect: PixelRect) throws -> Mask {
    var coverage = [UInt8](repeating: 0, count: width * height)
    for y in rect.y..<rect.maxY { for x in rect.x..<rect.maxX { coverage[y * width + x] = 255 } }
    return try Mask(width: width, height: height, coverage: coverage)
  }

  @Test(arguments: [
    PixelRect(x: 20, y: 15, width: 30, height: 24), PixelRect(x: 0, y: 0, width: 40, height: 64),
    PixelRect(x: 30, y: 30, width: 3, height: 3), PixelRect(x: 1, y: 1, width: 94, height: 62),
  ])
  func `a constant colour shift vanishes`(_ rect: PixelRect) throws {
    let original = Self.scene(96, 64)
    let hole = try Self.box(96, 64, rect)
    var decoded = original
    for index in decoded.pixels.indices { decoded.pixels[index] += [0.05, -0.03, 0.02][index % 3] }
    let repaired = try FloatImage.seamRepaired(decoded: decoded, original: original, hole: hole)
    let worst = zip(repaired.pixels, original.pixels).map { abs($0 - $1) }.max()
    #expect(try #require(worst) < 1e-4)
  }

  @Test func `a slowly varying shift loses its border, measured`() throws {
    let original = Self.scene(128, 96)
    let hole = try Self.box(128, 96, PixelRect(x: 30, y: 20, width: 60, height: 50))
    var decoded = original
    for index in decoded.pixels.indices {
      let (x, y) = (Float(index / 3 % 128), Float(index / 3 / 128))
      decoded.pixels[index] += 0.04 + 0.0006 * x - 0.0004 * y
    }
    func pasted(_ fill: FloatImage) -> FloatImage {
      var result = original
      for index in hole.coverage.indices where hole.coverage[index] != 0 {
        for k in index * 3..<index * 3 + 3 { result.pixels[k] = fill.pixels[k] }
      }
      return result
    }
    let before = try pasted(decoded).seam(of: hole)
    let repaired = try FloatImage.seamRepaired(decoded: decoded, original: original, hole: hole)
    let after = try repaired.seam(of: hole)
    let untouched = try original.seam(of: hole)
    #expect(before.pairs > 100 && before.pairs == after.pairs)
    #expect(before.excess > 0.03 && before.shift > 0.03)
    #expect(after.shift < 0.002)
    #expect(after.excess < untouched.excess + 0.001)
    #expect(
      repaired.pixels.indices.allSatisfy {
        hole.coverage[$0 / 3] != 0 || repaired.pixels[$0] == original.pixels[$0]
      })
  }

  @Test func `without surroundings nothing is corrected`() throws {
    let original = Self.scene(16, 12)
    let decoded = Self.scene(16, 12, texture: 0.1)
    let full = try Self.box(16, 12, PixelRect(x: 0, y: 0, width: 16, height: 12))
    #expect(
      try FloatImage.seamRepaired(decoded: decoded, original: original, hole: full) == decoded)
    #expect(try decoded.seam(of: full).pairs == 0)
    #expect(try decoded.seam(of: full).excess == 0)
    let empty = try Mask(width: 16, height: 12, coverage: .init(repeating: 0, count: 192))
    _ = try FloatImage.seamRepaired(decoded: decoded, original: original, hole: empty)
  }

  @Test func `one pixel holes and one pixel pictures are fine`() throws {
    let one = FloatImage(repeating: 0.5, width: 1, height: 1, channels: 3)
    let mask = try Mask(width: 1, height: 1, coverage: [255])
    #expect(try FloatImage.seamRepaired(decoded: one, original: one, hole: mask) == one)
    let two = FloatImage(repeating: 0.5, width: 2, height: 1, channels: 3)
    let dark = FloatImage(repeating: 0.2, width: 2, height: 1, channels: 3)
    let half = try Mask(width: 2, height: 1, coverage: [255, 0])
    let repaired = try FloatImage.seamRepaired(decoded: dark, original: two, hole: half)
    #expect(repaired.pixels.allSatisfy { abs($0 - 0.5) < 1e-6 })
    #expect(throws: ImagingError.self) {
      try FloatImage.seamRepaired(decoded: one, original: two, hole: half)
    }
  }
}
