import Datasets
import Imaging
import Testing

@Suite struct SoftenedTests {
  @Test func `a hole loses detail, and nothing else does`() throws {
    let pixels = (0..<16 * 16).flatMap { index -> [Float] in
      [Float](repeating: (index % 16 + index / 16) % 2 == 0 ? 1 : 0, count: 3)
    }
    let picture = try FloatImage(width: 16, height: 16, channels: 3, pixels: pixels)
    let hole = try Mask(
      width: 16, height: 16,
      coverage: (0..<256).map { (4..<12).contains($0 % 16) && $0 / 16 < 8 ? 255 : 0 })
    let softened = try picture.softened(by: 4, in: hole)
    for index in 0..<256 {
      let before = picture.pixels[3 * index]
      let after = softened.pixels[3 * index]
      #expect(hole.coverage[index] == 0 ? after == before : abs(after - 0.5) < 0.2)
    }
  }
}
